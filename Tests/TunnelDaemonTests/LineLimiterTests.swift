import Logging
import Testing
import TunnelTesting

@testable import TunnelDaemon

@Suite("Lines that somebody on the network can cause")
struct LineLimiterTests {
  private let lines = LoggedLines()
  private let clock = ManualClock()
  private let log: LimitedLog

  init() { log = LimitedLog(lines.logger, clock: clock) }

  @Test("five in a minute, then how many more there were")
  func flood() {
    for index in 0..<3000 { log.write(.notice, .roaming, "The peer moved to \(index)") }
    #expect(lines.all == (0..<5).map { "The peer moved to \($0)" })
    clock.advance(seconds: 59)
    log.tick()
    #expect(lines.all.count == 5)
    clock.advance(seconds: 1)
    log.tick()
    #expect(lines.all.last == "The peer moved ... and 2995 times more in the last minute")
    log.tick()
    #expect(lines.all.count == 6, "told once")
  }

  @Test("in an hour of a thousand each second there are six lines a minute")
  func hour() {
    for _ in 0..<3600 {
      for _ in 0..<1000 { log.write(.notice, .roaming, "x") }
      log.tick()
      clock.advance(seconds: 1)
    }
    #expect(lines.all.count <= 6 * 60)
  }

  @Test("one kind takes nothing from another, and what is seldom is never left out")
  func kinds() {
    for _ in 0..<100 { log.write(.notice, .roaming, "moved") }
    log.write(.warning, .silence, "why")
    #expect(lines.all.last == "why")
    for _ in 0..<20 {
      clock.advance(seconds: 13)
      log.write(.warning, .trouble, "refused")
    }
    #expect(lines.all.filter { $0 == "refused" }.count == 20)
  }

  @Test("texts are not even made for what is left out; the end tells what is left")
  func end() {
    var made = 0
    func text() -> String {
      made += 1
      return "line"
    }
    for _ in 0..<50 { log.write(.notice, .silence, text()) }
    #expect(made == LineLimiter.lines)
    log.finish()
    #expect(lines.all.last == "Datagrams were not taken ... and 45 times more in the last minute")
    log.finish()
    #expect(lines.all.count == 6)
  }
}
