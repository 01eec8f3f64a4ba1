import Sodium
import Testing
import TunnelCore
import TunnelTesting

@testable import ProtocolSalty

/// Somebody drops every datagram of 146 bytes, so that no key is ever replaced.
@Suite("A salty key's life")
struct SaltyKeyLifeTests {
  private let pair: SaltyPair

  init() throws {
    pair = try SaltyPair()
    pair.start()
    #expect(pair.passesBothWays)
    pair.disturb = { _ in [] }
  }

  private func salty(_ party: Party) throws -> SaltyOpener { try #require(party.wireFormat.opener as? SaltyOpener) }

  @Test("ends after three lifetimes: nothing is sealed or opened under it any more, and it is forgotten on both sides")
  func limit() throws {
    weak let key = try salty(pair.a).handshake.sendingCipher?.key
    #expect(key != nil)
    for _ in 0..<899 { pair.second() }
    #expect(pair.passes(from: pair.a, to: pair.b))
    let lastOfB = try #require(pair.b.seal([9]).packet)
    pair.second()
    #expect(pair.a.seal([1]).dropReason == .noKey)
    #expect(pair.a.open(lastOfB).dropReason == .noKey)
    for party in [pair.a, pair.b] {
      let handshake = try salty(party).handshake
      #expect(handshake.sendingCipher == nil && handshake.receivingCiphers.allSatisfy { $0 == nil })
    }
    // Nobody holds it: its guarded memory was wiped.
    #expect(key == nil)
  }

  @Test("and as soon as control datagrams pass again, so does everything else")
  func afterwards() {
    for _ in 0..<2000 { pair.second() }
    pair.disturb = { [$0] }
    #expect((pair.secondsUntilBothWays() ?? 99) <= 3)
  }

  @Test("ends during a machine's sleep as well: the first packet after it finds no key")
  func sleep() {
    pair.clock.advance(seconds: 5000)
    #expect(pair.a.seal([1]).dropReason == .noKey)
    pair.disturb = { [$0] }
    #expect((pair.secondsUntilBothWays() ?? 99) <= 3)
  }

  @Test("of a peer that fell silent ends too, although our own is replaced all the time")
  func silentPeer() throws {
    for _ in 0..<901 {
      pair.clock.advance(seconds: 1)
      pair.a.tick()
    }
    let handshake = try salty(pair.a).handshake
    #expect(handshake.sendingCipher == nil && handshake.receivingCiphers.allSatisfy { $0 == nil })
  }

  @Test("of a peer that goes on announcing it is the peer's affair: an old one whose clock was set back keeps its key")
  func oldPeerWithClockSetBack() throws {
    let clock = ManualClock()
    let peer = try SaltyPeer(clock: clock)
    let subject = try peer.subject(clock: clock)
    for minute in 0..<60 {
      let now = try #require(peer.read(subject.control.last))
      let answer = peer.control(quoting: now.sender, recipientKeyID: now.senderKeyID, isAcknowledgement: true)
      #expect(subject.open(answer) == .failure(.consumed))
      #expect(subject.seal([1]).packet != nil, "minute \(minute)")
      for _ in 0..<60 {
        clock.advance(seconds: 1)
        subject.tick()
      }
    }
  }

  @Test("of a peer that was forgotten meets new ones of ours: what was recorded does not become new by its coming back")
  func comingBack() throws {
    let clock = ManualClock()
    let peer = try SaltyPeer(clock: clock)
    let subject = try peer.subject(clock: clock)
    func pass(seconds: Int) {
      for _ in 0..<seconds {
        clock.advance(seconds: 1)
        subject.tick()
      }
    }
    pass(seconds: 150)
    let first = try #require(peer.read(subject.control.last)).sender
    #expect(subject.open(peer.control(quoting: first)) == .failure(.consumed))
    let recorded = peer.data([1], to: first, counter: 1)
    #expect(subject.open(recorded).packet == [1])
    #expect(subject.open(recorded).dropReason == .duplicate)
    pass(seconds: 900)
    let now = try #require(peer.read(subject.control.last))
    #expect(subject.open(peer.control(quoting: now.sender, recipientKeyID: now.senderKeyID)) == .failure(.consumed))
    #expect(subject.open(recorded).packet == nil)
    #expect(subject.seal([1]).packet != nil)
    let before = subject.control.count
    pass(seconds: 2)
    #expect(subject.control.count >= before)
  }

  @Test("is five minutes where nothing is dropped, and no packet is lost over any number of changes")
  func undisturbed() {
    pair.disturb = { [$0] }
    for _ in 0..<4000 {
      pair.second()
      #expect(pair.passesBothWays)
    }
  }
}
