import ProtocolKit
import TunnelCore

/// How far the stamps have come, kept over restarts in milliseconds of Unix time. A machine whose clock starts over at
/// each boot would else use its stamps twice, and the peer would not listen until they have caught up.
struct StampMark {
  private let mark: (any HighWaterMark)?
  private var kept: UInt64?

  /// Milliseconds between two writes, while packets are sent.
  static let interval: UInt64 = 60_000
  /// No clock gives more: Linux ends its calendar before 2^34 seconds (KTIME_SEC_MAX, include/linux/ktime.h).
  private static let end: UInt64 = 1 << 44

  init(_ mark: (any HighWaterMark)?) {
    self.mark = mark
    kept = mark?.value.flatMap { $0 < Self.end ? $0 : nil }
  }

  /// The stamp that all others have to be above: the time, or, where the clock is behind what was kept, one that the process
  /// before cannot have reached. A clock that is set is believed when it is past what was written last; should it be set
  /// back before anything is sent, it is not followed.
  mutating func start(at now: Moment) -> Stamp {
    let clock = Stamp(unixSeconds: now.unixSeconds, nanoseconds: now.unixNanoseconds, counter: 0)
    guard let kept else { return clock }
    let unreached = kept + 2 * Self.interval
    guard clock.unixMilliseconds <= (now.isSet ? kept : unreached) else { return clock }
    keep(unreached)
    return Stamp(unixSeconds: Int64(unreached / 1000), nanoseconds: 0, counter: 0)
  }

  /// To be called about once a second.
  mutating func follow(_ last: Stamp) {
    let reached = last.unixMilliseconds
    if reached > 0 && reached >= kept.map({ $0 + Self.interval }) ?? 0 { keep(reached) }
  }

  /// At the end of an orderly run: the next need not guess how far it went.
  mutating func finish(_ last: Stamp) {
    if last.unixMilliseconds > kept ?? 0 { keep(last.unixMilliseconds) }
  }

  private mutating func keep(_ milliseconds: UInt64) {
    kept = milliseconds
    mark?.raise(to: milliseconds)
  }
}

extension Stamp {
  /// None before 1970.
  fileprivate var unixMilliseconds: UInt64 {
    let unixSeconds = Self.unixSeconds(ofTAI: seconds)
    return unixSeconds < 0 ? 0 : UInt64(unixSeconds) &* 1000 &+ (rest >> 32) / 1_000_000
  }
}
