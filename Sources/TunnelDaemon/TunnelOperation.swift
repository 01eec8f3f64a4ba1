import Configuration
import LinuxSystem
import Logging
import TunnelCore

/// A tunnel that is built, until its end: relays, has reports made once a second, and heeds signals.
struct TunnelOperation {
  let relay: Relay
  let facts: TunnelFacts
  let reporters: [any Reporter]
  let supervision: Supervision
  let clock: any Clock
  let log: Logger
  let lines: LimitedLog

  /// Runs until a signal asks for the end, and returns it. Throws when the device is gone.
  func run(_ signals: SignalSource) throws -> Int32 {
    let events = try EventLoop(clock: clock)
    var request: SignalRequest?
    try events.add(signals.rawValue) { _ in request = signals.next() }
    events.every(seconds: 1) { try tick() }
    let driver = try RelayDriver(relay, on: events)
    let startLine = facts.startLine(isFloating: relay.session.isFloating)
    log.notice("\(startLine)")
    supervision.isOperational(startLine)
    defer { supervision.isStopping() }
    while true {
      try events.turn()
      switch request.take() {
      case nil: try driver.takeTurns()
      case .report: log.notice("\(facts.report(snapshot))")
      case .end(let signal):
        finish(signal)
        return signal
      }
    }
  }

  private var snapshot: TunnelSnapshot { TunnelSnapshot(of: relay.link, at: clock.now()) }

  private func tick() throws {
    try relay.tick()
    let snapshot = snapshot
    supervision.look(facts, at: snapshot)
    for reporter in reporters { reporter.look(at: snapshot) }
    lines.tick()
  }

  private func finish(_ signal: Int32) {
    try? relay.lookElsewhere()
    lines.finish()
    log.notice("Ended by \(SignalSource.name(of: signal)). \(relay.session.counters.summary)")
  }
}
