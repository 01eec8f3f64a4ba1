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

  private var authentic: UInt64 = 0
  private var sent: UInt64 = 0
  private var lastHeard: UInt64 = 0
  /// When the first packet went out that has not been answered.
  private var unansweredSince: UInt64?
  private var isOn = false

  /// To be called about once a second with what the counters show.
  mutating func look(authentic: UInt64, sent: UInt64, at seconds: UInt64) -> Event? {
    defer { (self.authentic, self.sent) = (authentic, sent) }
    if authentic > self.authentic {
      let event = isOn ? Event.ends(after: seconds - lastHeard) : nil
      (lastHeard, unansweredSince, isOn) = (seconds, nil, false)
      return event
    }
    // Who was never heard is another story.
    guard authentic > 0, !isOn else { return nil }
    if unansweredSince == nil && sent > self.sent { unansweredSince = seconds }
    guard let unansweredSince, seconds - unansweredSince >= Self.patience else { return nil }
    isOn = true
    return .begins
  }
}
