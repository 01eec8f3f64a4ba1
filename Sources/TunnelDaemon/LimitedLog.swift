import Logging
import TunnelCore

/// Writes the lines that network input can cause, and no more of each kind than anybody wants to read.
final class LimitedLog {
  enum Kind: CaseIterable {
    /// The peer's address has changed.
    case roaming
    /// Why nothing is taken of what arrives.
    case silence
    /// What the kernel refuses, or ICMP messages say.
    case trouble

    /// What there is more of, when a minute is over.
    fileprivate var summary: String {
      switch self {
      case .roaming: "The peer moved"
      case .silence: "Datagrams were not taken"
      case .trouble: "The kernel refused something"
      }
    }
  }

  private let log: Logger
  private let clock: any Clock
  private var limiters: [Kind: LineLimiter] = [:]

  init(_ log: Logger, clock: any Clock) {
    self.log = log
    self.clock = clock
  }

  /// Writes a line, or counts it.
  func write(_ level: Logger.Level, _ kind: Kind, _ text: @autoclosure () -> String) {
    let now = clock.now()
    tellLeftOut(kind, now)
    if limiters[kind, default: .init()].admits(at: now) { log.log(level: level, "\(text())") }
  }

  /// To be called about once a second, so that what was left out is told when its minute is over.
  func tick() {
    let now = clock.now()
    for kind in Kind.allCases { tellLeftOut(kind, now) }
  }

  /// Tells what was left out so far.
  func finish() {
    let now = clock.now()
    for kind in Kind.allCases { tellLeftOut(kind, now, isEnd: true) }
  }

  private func tellLeftOut(_ kind: Kind, _ now: Moment, isEnd: Bool = false) {
    let count = limiters[kind]?.takeLeftOut(at: now, isEnd: isEnd) ?? 0
    if count > 0 { log.notice("\(kind.summary) ... and \(count) times more in the last minute") }
  }
}
