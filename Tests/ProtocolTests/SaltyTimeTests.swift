import ProtocolKit
import Sodium
import Testing
import TunnelCore
import TunnelTesting

@testable import ProtocolSalty

/// The times in control datagrams order them and are their nonces: what a mad one, or a mad clock, may not do.
@Suite("salty's control times")
struct SaltyTimeTests {
  private let clock = ManualClock()
  private let peer: SaltyPeer
  private let subject: Party
  private let announced: Announcement
  /// What a restarted peer quotes: nothing that anybody has made.
  private let nothing = Announcement.random()

  init() throws {
    peer = try SaltyPeer(clock: clock)
    subject = try peer.subject(clock: clock)
    announced = try #require(peer.read(subject.control.last)).sender
  }

  @Test("nor does one that quotes our key, as who has the long-term key can", arguments: [0, 1, 1 << 20, 1 << 63])
  func endOfTimeQuoting(before: UInt64) throws {
    let mad = try peer.control(quoting: announced, at: .max - before)
    #expect(subject.open(mad).dropReason == .malformed)
    #expect(subject.open(peer.control(quoting: announced)) == .failure(.consumed))
  }

  @Test("one authentic datagram from the end of time does not lock the true peer out", arguments: [0, 1, 1 << 20])
  func endOfTime(before: UInt64) throws {
    #expect(subject.open(try peer.control(quoting: nothing, at: .max - before)).dropReason == .malformed)
    #expect(subject.open(peer.control(quoting: announced)) == .failure(.consumed))
  }

  @Test("a time just within what is plausible is taken, and the true peer is told how to get above it")
  func latestPlausibleTime() throws {
    #expect(
      subject.open(try peer.control(quoting: nothing, at: ControlTime.plausibleEnd - 1)) == .failure(.unproven))
    let before = subject.control.count
    #expect(subject.open(peer.control(quoting: announced)).dropReason == .late)
    let correction = try #require(peer.read(subject.control.last))
    #expect(subject.control.count == before + 2 && correction.acceptedTime == ControlTime.plausibleEnd - 1)
    #expect(subject.open(try peer.control(quoting: announced, at: ControlTime.plausibleEnd)) == .failure(.consumed))
  }

  @Test("a peer that has got beyond what is plausible is heard again after our restart: it quotes our new key")
  func beyondPlausibleAfterRestart() throws {
    let time = ControlTime.plausibleEnd + 7
    #expect(subject.open(try peer.control(quoting: nothing, at: time)).dropReason == .malformed)
    // Refused, but answered, where it came from and where the peer was: so it learns our key.
    #expect(subject.control.count == 3)
    #expect(subject.open(try peer.control(quoting: announced, at: time + 1)) == .failure(.consumed))
  }

  @Test("quoted back to us, the end of time does not wrap our own")
  func quotedBack() throws {
    let own = controlTime(try #require(subject.control.last))
    let quotes: [UInt64] = [.max, .max - 1, ControlTime.quotableEnd]
    for quote in quotes {
      clock.advance(seconds: 1)
      let time = UInt64(clock.moment.unixSeconds) << 8
      let datagram = try peer.control(quoting: announced, at: time, acceptedTime: quote)
      #expect(subject.open(datagram) == .failure(.consumed))
      let answer = controlTime(try #require(subject.control.last))
      #expect(answer > own && answer < own + 100)
    }
  }

  @Test("where the clock starts over at each boot no control nonce comes twice, and the peer goes on listening")
  func clockStartsOver() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let (here, there) = (ManualClock(unixSeconds: 10), ManualClock())
    let receiver = try Party("salty", parameters(other, own.publicKey, at: there.now()), clock: there)
    let mark = MemoryMark()
    var times: Set<UInt64> = []
    for boot in 0..<4 {
      here.step(toUnixSeconds: 10)
      var start = parameters(own, other.publicKey, at: here.now())
      start.mark = mark
      let sender = try Party("salty", start, clock: here)
      for _ in 0..<2000 {
        sender.tick()
        here.advance(seconds: 2)
      }
      for datagram in sender.control { #expect(times.insert(controlTime(datagram)).inserted, "boot \(boot)") }
      there.advance(seconds: 3)
      #expect(receiver.open(try #require(sender.control.last)) == .failure(.unproven), "boot \(boot)")
    }
    // Two thousand datagrams in each run, a few writes.
    #expect(mark.writes < 30)
  }

  @Test("what was reserved is not exceeded before the disk has more")
  func reservation() throws {
    let mark = MemoryMark()
    var time = ControlTime(start: clock.now(), mark: mark)
    var last: UInt64 = 0
    while let next = time.next() { last = next }
    #expect(try #require(mark.value) == last + 1)
    time.reserve()
    #expect(time.next() == last + 1)
    // Without a mark there is no such limit.
    var free = ControlTime(start: clock.now(), mark: nil)
    for _ in 0..<100_000 where free.next() == nil { Issue.record("no time left") }
  }

  @Test("a mark beyond belief is no mark: somebody has written into the file")
  func spoiltMark() {
    var time = ControlTime(start: clock.now(), mark: MemoryMark(.max))
    #expect(time.next() == UInt64(clock.moment.unixSeconds) << 8 + 1)
  }
}
