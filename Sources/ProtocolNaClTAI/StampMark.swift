import ProtocolKit
import TunnelCore

/// How far the stamps have come, kept over restarts in whole seconds. A machine whose clock starts over at each boot
/// would else use its stamps twice, and the peer would not listen until they have caught up.
struct StampMark {
  private let mark: (any HighWaterMark)?
  private var kept: UInt64

  /// Seconds between two writes, while packets are sent.
  static let interval: UInt64 = 60

  init(_ mark: (any HighWaterMark)?) {
    self.mark = mark
    kept = mark?.value ?? 0
  }

  /// The stamp that all others have to be above: none, or, where the clock is behind what was kept, one that the process
  /// before cannot have reached.
  mutating func start(at now: Moment) -> Stamp {
    let clock = Stamp(unixSeconds: now.unixSeconds, nanoseconds: now.unixNanoseconds, counter: 0)
    guard kept > clock.seconds, kept < Stamp.end else { return Stamp(seconds: 0, rest: 0) }
    let start = Stamp(seconds: kept + 2 * Self.interval, rest: 0)
    keep(start.seconds)
    return start
  }

  /// To be called about once a second.
  mutating func follow(_ last: Stamp) {
    if last.seconds > kept && last.seconds - kept >= Self.interval { keep(last.seconds) }
  }

  private mutating func keep(_ seconds: UInt64) {
    kept = seconds
    mark?.raise(to: seconds)
  }
}
