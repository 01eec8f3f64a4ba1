public import TunnelCore

/// A clock that stands still until it is turned by hand.
public final class ManualClock: Clock {
  public var moment: Moment

  /// A clock that shows `unixSeconds`, on a machine that has been up for an hour.
  public init(unixSeconds: Int64 = 1_800_000_000) {
    moment = Moment(monotonicNanoseconds: 3_600_000_000_000, unixSeconds: unixSeconds, unixNanoseconds: 0)
  }

  public func now() -> Moment { moment }

  /// Lets time pass: both clocks move.
  public func advance(seconds: Int64, nanoseconds: UInt32 = 0) {
    moment.monotonicNanoseconds += UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds)
    let total = moment.unixNanoseconds + nanoseconds
    moment.unixSeconds += seconds + Int64(total / 1_000_000_000)
    moment.unixNanoseconds = total % 1_000_000_000
  }

  /// Sets the calendar: only the real-time clock moves, either way.
  public func step(toUnixSeconds seconds: Int64) { moment.unixSeconds = seconds }
}
