import Sodium
import Testing
import TunnelCore
import TunnelTesting

@testable import ProtocolSalty

@Suite("Two saltys in conversation")
struct SaltyConversationTests {
  private let pair: SaltyPair

  init() throws { pair = try SaltyPair() }

  @Test("nothing can be sealed before the handshake, everything after it")
  func firstContact() {
    #expect(pair.a.seal([1]).dropReason == .noKey)
    pair.a.tick()
    pair.exchange()
    #expect(pair.passesBothWays)
  }

  @Test("both sides that start at once understand each other at once")
  func bothAtOnce() {
    pair.start()
    #expect(pair.passesBothWays)
  }

  @Test("a lost announcement is repeated after two seconds, not after one")
  func lostAnnouncement() {
    pair.disturb = { _ in [] }
    pair.start()
    pair.disturb = { [$0] }
    pair.second()
    #expect(!pair.passesBothWays)
    pair.second()
    #expect(pair.passesBothWays)
  }

  @Test("control datagrams may be lost, doubled and delayed: five seconds after the network has healed packets pass")
  func badNetwork() throws {
    for seed in 0..<60 {
      let pair = try SaltyPair()
      var generator = SplitMix(state: UInt64(seed))
      var delayed: [[UInt8]] = []
      pair.disturb = { datagram in
        switch generator.next() % 5 {
        case 0: return []
        case 1: return [datagram, datagram]
        case 2:
          delayed.append(datagram)
          return []
        case 3: return [datagram] + [delayed.popLast()].compactMap { $0 }
        default: return [datagram]
        }
      }
      pair.start()
      for round in 0..<40 {
        pair.second(round == 20 ? 301 : 1)
        _ = pair.passesBothWays
      }
      pair.disturb = { [$0] }
      let seconds = pair.secondsUntilBothWays()
      #expect((seconds ?? 99) <= 5, "seed \(seed)")
    }
  }

  @Test("a key is replaced at 301 seconds, not at 300, and no packet is lost over it")
  func rekey() {
    pair.start()
    _ = pair.passesBothWays
    // Whoever spoke last and was not answered has announced its key again by then.
    pair.second(11)
    let before = pair.a.control.count
    pair.clock.advance(seconds: 289)
    #expect(pair.passesBothWays)
    #expect(pair.a.control.count == before)
    let early = pair.a.seal([7]).packet
    pair.clock.advance(seconds: 1)
    #expect(pair.passesBothWays)
    #expect(pair.a.control.count > before)
    #expect(pair.b.open(early ?? []).packet == [7], "what was under way under the old key still opens")
    for _ in 0..<700 {
      pair.second()
      #expect(pair.passesBothWays)
    }
  }

  @Test(
    "either side that restarts is back within five seconds, whether or not there was a rekey before",
    arguments: [0, 1, 2, 3])
  func restart(rekeys: Int) throws {
    pair.start()
    for _ in 0..<rekeys {
      pair.second(301)
      _ = pair.passesBothWays
    }
    for _ in 0..<3 {
      pair.clock.advance(seconds: 0, nanoseconds: 200_000_000)
      try pair.restartA()
      pair.a.tick()
      pair.exchange()
      let seconds = pair.secondsUntilBothWays()
      #expect((seconds ?? 99) <= 5)
    }
  }

  @Test("a side that restarts with its clock an hour behind is back within five seconds")
  func restartWithClockBehind() throws {
    pair.start()
    #expect(pair.passesBothWays)
    pair.clock.advance(seconds: 100)
    try pair.restartA(behind: 3600)
    pair.a.tick()
    pair.exchange()
    let seconds = pair.secondsUntilBothWays()
    #expect((seconds ?? 99) <= 5)
  }

  @Test("a calendar that jumps while both run changes nothing")
  func calendarJumps() {
    pair.start()
    pair.clock.step(toUnixSeconds: 5)
    #expect(pair.passesBothWays)
    pair.second(301)
    #expect(pair.passesBothWays)
  }

  @Test("from 2^28 packets on a new key is asked for; at 2^29 packets are dropped rather than a nonce used twice")
  func counters() throws {
    pair.start()
    #expect(pair.passesBothWays)
    let salty = try #require(pair.a.wireFormat.opener as? SaltyOpener)
    let key = try #require(salty.handshake.sendingCipher?.key)
    let before = pair.a.control.count
    key.counter = DataHeader.counterComfort - 2
    #expect(pair.a.seal([1]).packet != nil)
    #expect(pair.a.control.count == before)
    #expect(pair.a.seal([2]).packet != nil)
    #expect(pair.a.control.count == before + 1)
    // The update's answer never comes.
    key.counter = DataHeader.counterMask - 1
    #expect(pair.a.seal([3]).packet != nil)
    #expect(pair.a.seal([4]).dropReason == .counterExhausted)
    #expect(key.counter == DataHeader.counterMask)
    // It comes after all.
    pair.exchange()
    #expect(pair.passesBothWays)
  }

  @Test("data may arrive in any order, each once; five is the smallest memory")
  func dataOrder() {
    pair.start()
    let datagrams = (0..<2000).compactMap { pair.a.seal([UInt8(truncatingIfNeeded: $0)]).packet }
    #expect(datagrams.count == 2000)
    for datagram in datagrams.reversed() { #expect(pair.b.open(datagram).packet != nil) }
    for datagram in datagrams { #expect(pair.b.open(datagram).dropReason == .duplicate) }
    let more = (0..<2100).compactMap { _ in pair.a.seal([1]).packet }
    for datagram in more.dropFirst() { #expect(pair.b.open(datagram).packet != nil) }
    #expect(pair.b.open(more[0]).dropReason == .late)
  }
}

/// A generator whose every run is the same.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
