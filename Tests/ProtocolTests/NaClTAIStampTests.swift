import ProtocolKit
import Sodium
import Testing
import TunnelCore
import TunnelTesting

@testable import ProtocolNaClTAI

@Suite("nacltai's stamps")
struct NaClTAIStampTests {
  @Test("rise strictly, whatever the clock does")
  func monotonic() {
    var source = StampSource()
    var generator = SplitMix(state: 4)
    var last: UInt128 = 0
    for _ in 0..<2000 {
      let moment = Moment(
        monotonicNanoseconds: 0, unixSeconds: Int64(1_800_000_000 + generator.next() % 100),
        unixNanoseconds: UInt32(generator.next() % 1_000_000_000))
      source.update(moment)
      for _ in 0...generator.next() % 3 {
        let stamp = source.next().number
        #expect(stamp > last)
        last = stamp
      }
    }
  }

  @Test("carry from a full counter instead of starting again")
  func overflow() {
    var source = StampSource()
    source.update(Moment(monotonicNanoseconds: 0, unixSeconds: 0, unixNanoseconds: 999_999_999))
    let first = source.next()
    #expect(first == Stamp(unixSeconds: 0, nanoseconds: 999_999_999, counter: 1))
    let full = Stamp(seconds: 7, rest: .max)
    var late = StampSource(last: full)
    #expect(late.next().number == full.number + 1)
  }

  @Test("a clock that steps back does not silence the tunnel: the peer takes what is sent")
  func clockStepsBack() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let clock = ManualClock()
    let sender = try Party("nacltai", parameters(own, other.publicKey), clock: clock)
    let receiver = try Party("nacltai", parameters(other, own.publicKey), clock: clock)
    for step in [0, -3600, 10, -1] as [Int64] {
      clock.step(toUnixSeconds: 1_800_000_000 + step)
      for _ in 0..<10 { #expect(receiver.open(sender.seal([1]).packet ?? []).packet == [1]) }
    }
  }

  @Test("after a minute of silence nothing passes twice, nor what many have overtaken; all else goes on")
  func silence() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let clock = ManualClock()
    let sender = try Party("nacltai", parameters(own, other.publicKey), clock: clock)
    let receiver = try Party("nacltai", parameters(other, own.publicKey), clock: clock)
    let sent = (0..<300).compactMap { _ in sender.seal([1]).packet }
    let delayed: Set = [100, 290]
    for (index, datagram) in sent.enumerated() where !delayed.contains(index) {
      #expect(receiver.open(datagram).packet == [1])
    }
    for second in 0..<70 {
      receiver.tick()
      clock.advance(seconds: 1)
      // Not yet: a network may hold a packet back for a while.
      if second == 50 { #expect(receiver.open(sent[100]).packet == [1]) }
    }
    #expect(receiver.open(sent[290]).packet == [1], "among the latest 64")
    for datagram in sent { #expect(receiver.open(datagram).packet == nil) }
    for _ in 0..<3000 { #expect(receiver.open(sender.seal([2]).packet ?? []).packet == [2]) }
  }

  @Test("TIME_WINDOW refuses what was recorded before it, and takes what is younger")
  func timeWindow() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let clock = ManualClock()
    let sender = try Party("nacltai", parameters(own, other.publicKey), clock: clock)
    let old = sender.seal([1]).packet ?? []
    clock.advance(seconds: 61)
    let young = sender.seal([2]).packet ?? []
    clock.advance(seconds: 59)
    var restarted = parameters(other, own.publicKey, at: clock.now())
    restarted[.timeWindow] = 60
    let receiver = try Party("nacltai", restarted, clock: clock)
    #expect(receiver.open(old).dropReason == .late)
    #expect(receiver.open(young).packet == [2])
  }

  @Test("without TIME_WINDOW recordings pass until the peer's first fresh packet has come, and none after it")
  func recordingsAfterAFreshPacket() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let clock = ManualClock()
    let sender = try Party("nacltai", parameters(own, other.publicKey), clock: clock)
    let recorded = (0..<3).map { sender.seal([$0]).packet ?? [] }
    clock.advance(seconds: 61)
    let reordered = sender.seal([8]).packet ?? []
    clock.advance(seconds: 59)
    let fresh = sender.seal([9]).packet ?? []
    let restarted = try Party("nacltai", parameters(other, own.publicKey, at: clock.now()), clock: clock)
    #expect(restarted.open(recorded[0]).packet == [0])
    #expect(restarted.open(recorded[0]).dropReason == .duplicate)
    #expect(restarted.open(fresh).packet == [9])
    #expect(restarted.open(recorded[1]).dropReason == .late)
    #expect(restarted.open(recorded[2]).dropReason == .late)
    #expect(restarted.open(reordered).packet == [8])
    #expect(restarted.open(fresh).dropReason == .duplicate)
  }

  @Test("a packet that was held back for an hour passes nowhere, on a side that never restarted either")
  func heldBackForAnHour() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let clock = ManualClock()
    let sender = try Party("nacltai", parameters(own, other.publicKey), clock: clock)
    let receiver = try Party("nacltai", parameters(other, own.publicKey), clock: clock)
    #expect(receiver.open(sender.seal([1]).packet ?? []).packet == [1])
    let heldBack = sender.seal([2]).packet ?? []
    clock.advance(seconds: 3600)
    #expect(receiver.open(sender.seal([3]).packet ?? []).packet == [3])
    #expect(receiver.open(heldBack).dropReason == .late)
  }

  @Test(
    "a machine whose clock starts over at each boot uses no stamp twice, and its peer goes on listening",
    arguments: [1, 40, 200])
  func clockStartsOver(seconds: Int) throws {
    let (own, other) = (SecretKey(), SecretKey())
    let (here, there) = (ManualClock(unixSeconds: 100), ManualClock())
    let receiver = try Party("nacltai", parameters(other, own.publicKey), clock: there)
    let mark = MemoryMark()
    var seen: Set<[UInt8]> = []
    for boot in 0..<5 {
      // It takes longer to boot each time, so that the clock is past what was written, but not past what was used.
      here.step(toUnixSeconds: 100 + Int64(boot) * 3)
      var start = parameters(own, other.publicKey, at: here.now())
      start.mark = mark
      let sender = try Party("nacltai", start, clock: here)
      for _ in 0..<seconds {
        sender.tick()
        let datagram = sender.seal([1]).packet ?? []
        #expect(seen.insert(Array(datagram.prefix(16))).inserted)
        #expect(receiver.open(datagram).packet == [1], "boot \(boot)")
        here.advance(seconds: 1)
      }
    }
    #expect(mark.writes < 20)
  }

  @Test("after an orderly end a clock set back a little is noticed, too", arguments: [1, 10, 30, 59] as [Int64])
  func clockSetBackALittle(back: Int64) throws {
    let (own, other) = (SecretKey(), SecretKey())
    let (here, there) = (ManualClock(), ManualClock())
    let receiver = try Party("nacltai", parameters(other, own.publicKey), clock: there)
    let mark = MemoryMark()
    func run(seconds: Int) throws {
      var start = parameters(own, other.publicKey, at: here.now())
      start.mark = mark
      let sender = try Party("nacltai", start, clock: here)
      for _ in 0..<seconds {
        sender.tick()
        #expect(receiver.open(sender.seal([1]).packet ?? []).packet == [1])
        here.advance(seconds: 1)
      }
    }
    try run(seconds: 61)
    here.step(toUnixSeconds: here.moment.unixSeconds - back)
    try run(seconds: 61)
  }

  @Test("with a clock that is right the mark changes nothing: stamps are the time")
  func markBehindTheClock() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let clock = ManualClock()
    var start = parameters(own, other.publicKey, at: clock.now())
    start.mark = MemoryMark()
    for _ in 0..<3 {
      let sender = try Party("nacltai", start, clock: clock)
      sender.tick()
      let datagram = try #require(sender.seal([1]).packet)
      let seconds = datagram.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      #expect(Stamp.unixSeconds(ofTAI: seconds) == clock.moment.unixSeconds)
      clock.advance(seconds: 5)
      start.start = clock.now()
    }
  }

  @Test("a mark that is empty is given the time of the start, though nothing was sent")
  func emptyMark() throws {
    var start = parameters(SecretKey(), SecretKey().publicKey, at: ManualClock().now())
    let mark = MemoryMark()
    start.mark = mark
    try Party("nacltai", start).tick()
    #expect(mark.value == 1_800_000_000_000 && mark.writes == 1)
  }

  @Test("a clock set back after the start is not followed, though nothing had been sent")
  func setBackBeforeTheFirst() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let (here, there) = (ManualClock(), ManualClock())
    let receiver = try Party("nacltai", parameters(other, own.publicKey), clock: there)
    func started() throws -> Party {
      try Party("nacltai", parameters(own, other.publicKey, at: here.now()), clock: here)
    }
    #expect(receiver.open(try started().seal([1]).packet ?? []).packet == [1])
    here.advance(seconds: 10)
    let sender = try started()
    here.step(toUnixSeconds: here.moment.unixSeconds - 4000)
    #expect(receiver.open(sender.seal([2]).packet ?? []).packet == [2])
  }

  @Test("a mark was lost, and nothing sent since: the peer listens all the same when the clock starts over after that")
  func lostMark() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let (here, there) = (ManualClock(), ManualClock())
    let receiver = try Party("nacltai", parameters(other, own.publicKey), clock: there)
    var mark = MemoryMark()
    func started() throws -> Party {
      var start = parameters(own, other.publicKey, at: here.now())
      start.mark = mark
      return try Party("nacltai", start, clock: here)
    }
    #expect(receiver.open(try started().seal([1]).packet ?? []).packet == [1])
    mark = MemoryMark()
    here.advance(seconds: 10)
    try started().tick()
    here.step(toUnixSeconds: 100)
    #expect(receiver.open(try started().seal([2]).packet ?? []).packet == [2])
  }

  @Test("ROLE overrides the keys' order, and both sides alike do not understand each other")
  func role() throws {
    let key = SecretKey()
    func party(_ role: Bool?) throws -> Party {
      var own = parameters(key, key.publicKey)
      own[.role] = role
      return try Party("nacltai", own)
    }
    let (one, zero, none) = (try party(true), try party(false), try party(nil))
    #expect(zero.open(one.seal([1]).packet ?? []).packet == [1])
    #expect(one.open(zero.seal([2]).packet ?? []).packet == [2])
    #expect(try party(true).open(one.seal([3]).packet ?? []).dropReason == .notAuthentic)
    // With equal keys and no ROLE one's own datagrams come back as the peer's.
    #expect(none.open(none.seal([4]).packet ?? []).packet == [4])
  }

  @Test("damage is noticed and leaves no trace")
  func damage() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let sender = try Party("nacltai", parameters(own, other.publicKey))
    let receiver = try Party("nacltai", parameters(other, own.publicKey))
    let good = sender.seal(Array(0..<30)).packet ?? []
    for index in 0..<good.count {
      let cut = receiver.open(Array(good.prefix(index))).dropReason
      #expect(cut == .tooShort || cut == .notAuthentic)
      var damaged = good
      damaged[index] ^= 0x10
      #expect(receiver.open(damaged).packet == nil)
    }
    #expect(receiver.open(good + [1]).dropReason == .notAuthentic)
    #expect(receiver.open(good).packet == Array(0..<30))
    #expect(sender.open(good).dropReason == .notAuthentic, "one's own datagram, reflected")
  }
}
