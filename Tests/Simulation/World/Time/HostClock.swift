import TunnelCore

/// Both clocks of one host: never quite right, set by somebody now and then, and one of them new at each boot.
final class HostClock: Clock {
  /// When true time began, in Unix time: a day after the program was written, so that an honest clock counts as set.
  static let beginning: Int64 = 1_800_000_000
  /// What a clock without a battery shows when the machine is switched on.
  static let withoutBattery: Int64 = 946_684_800

  private let trueTime: () -> Time
  /// Microseconds that it gains in a second of true time.
  private let drift: Int64
  private var bootedAt: Time = 0
  /// Nanoseconds of uptime when the world began: machines have been up for different times.
  private var uptime: UInt64
  /// What the real-time clock shows more than true time, without its drift. Nanoseconds.
  private var offset: Int64

  init(offset: Int, drift: Int, uptime: UInt64, trueTime: @escaping () -> Time) {
    self.trueTime = trueTime
    self.drift = Int64(drift)
    self.uptime = uptime
    self.offset = Int64(offset) * 1_000_000_000
  }

  func now() -> Moment {
    let unix = Self.beginning * 1_000_000_000 + drifted(trueTime()) + offset
    return Moment(
      monotonicNanoseconds: uptime + UInt64(drifted(trueTime() - bootedAt)),
      unixSeconds: unix / 1_000_000_000, unixNanoseconds: UInt32(unix % 1_000_000_000))
  }

  private func drifted(_ time: Time) -> Int64 { Int64(time) + Int64(time) * drift / 1_000_000 }

  /// Somebody sets the calendar.
  func step(bySeconds seconds: Int) { offset += Int64(seconds) * 1_000_000_000 }

  /// The machine is switched on: uptime is new, and so is the calendar if nothing kept it.
  func boot(startingOver: Bool) {
    bootedAt = trueTime()
    uptime = 5_000_000_000
    if startingOver { step(bySeconds: Int(Self.withoutBattery - now().unixSeconds)) }
  }
}
