import Testing
import TunnelCore
import TunnelTesting

@testable import TunnelDaemon

@Suite("A peer that falls silent")
struct OutageTests {
  /// What is noticed in each second, from the counters of packets sent and of authentic datagrams.
  private func events(_ counters: [(sent: UInt64, authentic: UInt64)]) -> [Int: Outage.Event] {
    var outage = Outage()
    var events: [Int: Outage.Event] = [:]
    let clock = ManualClock()
    var (authentic, lastHeard): (UInt64, UInt64?) = (0, nil)
    for (second, counter) in counters.enumerated() {
      let now = clock.now()
      if counter.authentic > authentic { (authentic, lastHeard) = (counter.authentic, now.monotonicNanoseconds) }
      if let event = outage.look(lastHeard: lastHeard, sent: counter.sent, at: now) { events[second] = event }
      clock.advance(seconds: 1)
    }
    return events
  }

  @Test("is told of once, half a minute after the first packet that was not answered, and once more when it is back")
  func silentAndBack() {
    // Heard in seconds 0 to 9 and from 100 on; packets go out all the time.
    func authentic(_ second: Int) -> UInt64 {
      if second < 10 { return UInt64(second + 1) }
      return second < 100 ? 10 : UInt64(second)
    }
    let counters = (0..<200).map { (sent: UInt64($0 + 1), authentic: authentic($0)) }
    #expect(events(counters) == [40: .begins, 100: .ends(after: 91)])
  }

  @Test("is nothing to tell while nobody sends, or if it never spoke, or if it answers in time")
  func nothingToTell() {
    let seconds = (0..<500).map(UInt64.init)
    #expect(events(seconds.map { _ in (sent: 5, authentic: 5) }).isEmpty)
    #expect(events(seconds.map { (sent: $0, authentic: 0) }).isEmpty)
    #expect(events(seconds.map { (sent: $0, authentic: 1 + $0 / 25) }).isEmpty)
  }
}
