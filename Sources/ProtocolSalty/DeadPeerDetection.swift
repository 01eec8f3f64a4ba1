import TunnelCore

/// When a side that sends and hears nothing announces its key again, although everything had been agreed on.
///
/// The peer may have restarted. If it waits for us to speak first it does not know where to announce itself, and what we
/// send it cannot open: without a word from us both would be deaf until the next key, up to five minutes later.
struct DeadPeerDetection {
  /// Nanoseconds from the first packet that was not answered.
  static let patience: UInt64 = 10_000_000_000
  /// Nanoseconds between two tries, somewhere in between: two sides must not go on meeting each other half-way.
  static let interval: ClosedRange<UInt64> = 4_000_000_000...6_000_000_000

  /// When the next announcement is due, if nothing is heard until then. Monotonic nanoseconds.
  private var due: UInt64?

  /// Something authentic of now has come.
  mutating func hasHeard() { due = nil }

  /// There was something to send.
  mutating func hasSent(at now: Moment) {
    if due == nil { due = now.monotonicNanoseconds + Self.patience }
  }

  /// Whether it is time. The next is due some seconds later.
  mutating func isDue(at now: Moment) -> Bool {
    guard let due, now.monotonicNanoseconds >= due else { return false }
    self.due = now.monotonicNanoseconds + UInt64.random(in: Self.interval)
    return true
  }
}
