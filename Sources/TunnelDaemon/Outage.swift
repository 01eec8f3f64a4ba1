import TunnelCore

/// Notices that a peer which has been heard is heard no more, although packets go to it; and that it is back.
struct Outage {
  enum Event: Equatable {
    case begins
    /// Seconds since it was heard last.
    case ends(after: UInt64)
  }

  /// Seconds from the first packet that was not answered. A restarted peer is back before that.
  static let patience: UInt64 = 30

  /// CLOCK_BOOTTIME in nanoseconds.
  private var lastHeard: UInt64?
  private var sent: UInt64 = 0
  /// When the first packet went out that has not been answered. Monotonic seconds.
  private var unansweredSince: UInt64?
  private var isOn = false

  /// To be called about once a second, with when the peer was heard last (CLOCK_BOOTTIME in nanoseconds; nil for never)
  /// and how many packets have been sent.
  mutating func look(lastHeard: UInt64?, sent: UInt64, at now: Moment) -> Event? {
    defer { (self.lastHeard, self.sent) = (lastHeard, sent) }
    // Who was never heard is another story.
    guard let lastHeard else { return nil }
    if lastHeard != self.lastHeard { return hasHeard(at: lastHeard) }
    if isOn { return nil }
    let second = now.monotonicSeconds
    if unansweredSince == nil && sent > self.sent { unansweredSince = second }
    guard let unansweredSince, second - unansweredSince >= Self.patience else { return nil }
    isOn = true
    return .begins
  }

  private mutating func hasHeard(at moment: UInt64) -> Event? {
    defer { (unansweredSince, isOn) = (nil, false) }
    guard isOn, let lastHeard else { return nil }
    return .ends(after: (moment - lastHeard) / 1_000_000_000)
  }
}
