import Testing
import TunnelCore

@testable import Simulation

@Suite("Virtual time")
struct TimeTests {
  /// True time that a test turns.
  private final class TrueTime { var now: Time = 0 }
  private let time = TrueTime()

  private func clock(offset: Int = 0, drift: Int = 0) -> HostClock {
    HostClock(offset: offset, drift: drift, uptime: 1_000_000_000_000) { [time] in time.now }
  }

  @Test("what is planned happens by time, and in the order of planning where that is the same")
  func order() {
    var draw = Draw(1, .timing)
    var queue = EventQueue()
    var happened: [(time: Time, number: Int)] = []
    let planned = (0..<500).map { (time: Time(draw.within(0...40)), number: $0) }
    for event in planned { queue.add(at: event.time) { happened.append(event) } }
    while let action = queue.next(until: 100) { action() }
    let expected = planned.sorted { ($0.time, $0.number) < ($1.time, $1.number) }
    #expect(happened.map(\.number) == expected.map(\.number) && queue.now == 100)
  }

  @Test("time goes on to what comes next, at most to the end, and never back; what is late is done at once")
  func now() {
    var queue = EventQueue()
    var count = 0
    queue.add(at: 50) { count += 1 }
    #expect(queue.next(until: 49) == nil && queue.now == 49)
    queue.next(until: 50)?()
    #expect(queue.now == 50 && count == 1)
    queue.add(at: 10) { count += 1 }
    queue.next(until: 50)?()
    #expect(queue.now == 50 && count == 2)
    #expect(queue.next(until: 20) == nil && queue.now == 50)
  }

  @Test("a clock gains what it drifts, from where it was set")
  func drift() {
    let (right, fast) = (clock(), clock(offset: -3600, drift: 50))
    time.now = .seconds(100)
    #expect(
      right.now()
        == Moment(
          monotonicNanoseconds: 1_100_000_000_000, unixSeconds: HostClock.beginning + 100, unixNanoseconds: 0))
    #expect(
      fast.now()
        == Moment(
          monotonicNanoseconds: 1_100_005_000_000, unixSeconds: HostClock.beginning + 100 - 3600,
          unixNanoseconds: 5_000_000))
    #expect(right.now().isSet)
  }

  @Test("however it drifts, it never goes back", arguments: [-80, -1, 80])
  func monotonic(drift: Int) {
    let clock = clock(drift: drift)
    var last = clock.now()
    for millisecond in 1...5000 {
      time.now = .milliseconds(millisecond)
      let now = clock.now()
      #expect(now.monotonicNanoseconds > last.monotonicNanoseconds)
      #expect((now.unixSeconds, now.unixNanoseconds) > (last.unixSeconds, last.unixNanoseconds))
      last = now
    }
  }

  @Test("a step moves the calendar only")
  func step() {
    let clock = clock()
    let before = clock.now()
    clock.step(bySeconds: -70)
    #expect(clock.now().unixSeconds == before.unixSeconds - 70)
    #expect(clock.now().monotonicNanoseconds == before.monotonicNanoseconds)
  }

  @Test("a boot begins a new uptime; the calendar goes on, or starts over where nothing kept it")
  func boot() {
    let clock = clock(offset: 5)
    time.now = .seconds(300)
    clock.boot(startingOver: false)
    #expect(clock.now().monotonicSeconds == 5 && clock.now().unixSeconds == HostClock.beginning + 305)
    time.now = .seconds(400)
    clock.boot(startingOver: true)
    #expect(clock.now().monotonicSeconds == 5 && clock.now().unixSeconds == HostClock.withoutBattery)
    #expect(!clock.now().isSet)
    time.now = .seconds(410)
    #expect(clock.now().monotonicSeconds == 15 && clock.now().unixSeconds == HostClock.withoutBattery + 10)
  }

  @Test("what is drawn follows from the seed and from what it is for")
  func draws() {
    func numbers(_ draw: Draw) -> [UInt64] {
      var draw = draw
      return (0..<20).map { _ in draw.next() }
    }
    let purposes: [Draw.Purpose] = [.script, .keys, .network, .traffic, .timing, .attacker]
    let streams = [1, 2].flatMap { seed in purposes.map { numbers(Draw(seed, $0)) } }
    let parts = [numbers(Draw(1, .traffic, 0, 1)), numbers(Draw(1, .traffic, 1, 0)), numbers(Draw(1, .traffic, 0, 2))]
    #expect(Set(streams + parts).count == 15)
    #expect(numbers(Draw(2, .keys)) == streams[7] && numbers(Draw(1, .traffic, 1, 0)) == parts[1])
  }
}
