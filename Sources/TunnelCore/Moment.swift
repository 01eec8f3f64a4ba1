/// What both of the kernel's clocks showed at one moment. A lane reads them once for a batch, never for a packet.
public struct Moment: Sendable, Equatable {
  /// CLOCK_BOOTTIME in nanoseconds: for ages and time-outs. It never steps, and goes on while the machine sleeps, so
  /// that a key does not outlive its time in a closed laptop.
  public var monotonicNanoseconds: UInt64
  /// CLOCK_REALTIME: for stamps on the wire. It may step either way.
  public var unixSeconds: Int64
  public var unixNanoseconds: UInt32

  public init(monotonicNanoseconds: UInt64, unixSeconds: Int64, unixNanoseconds: UInt32) {
    self.monotonicNanoseconds = monotonicNanoseconds
    self.unixSeconds = unixSeconds
    self.unixNanoseconds = unixNanoseconds
  }

  /// Whether the real-time clock shows a day since this program was written, which began in 2026. Machines without a
  /// battery for their clock begin earlier at each boot.
  public var isSet: Bool { unixSeconds >= 1_767_225_600 }

  /// Whole seconds of the monotonic clock.
  public var monotonicSeconds: UInt64 { monotonicNanoseconds / 1_000_000_000 }
}

/// Where the time comes from: the kernel, or a test's hand.
public protocol Clock: AnyObject {
  func now() -> Moment
}
