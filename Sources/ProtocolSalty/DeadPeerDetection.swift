import Sodium
import TunnelCore

/// When a side that sends and hears nothing announces its key again, although everything had been agreed on.
///
/// The peer may have restarted. If it waits for us to speak first it does not know where to announce itself, and what we
/// send it cannot open: without a word from us both would be deaf until the next key, up to five minutes later.
struct DeadPeerDetection {
  /// Nanoseconds from the first packet that was not answered, as the next tick sees it: up to a second more.
  static let patience: UInt64 = 10_000_000_000
  /// Nanoseconds between two tries, somewhere in between: two sides must not go on meeting each other half-way.
  static let interval: ClosedRange<UInt64> = 4_000_000_000...6_000_000_000

  private let handover: KeyHandover
  /// How many batches had been sent when something was heard last.
  private var answered: UInt64 = 0
  /// When the next announcement is due, if nothing is heard until then. Monotonic nanoseconds.
  private var due: UInt64?

  init(_ handover: KeyHandover) { self.handover = handover }

  /// Something authentic of now has come.
  mutating func hasHeard() {
    due = nil
    answered = handover.batches
  }

  /// Whether it is time. The next is due some seconds later. To be asked about once a second.
  mutating func isDue(at now: Moment) -> Bool {
    if due == nil && handover.batches > answered { due = handover.lastSent + Self.patience }
    guard let due, now.monotonicNanoseconds >= due else { return false }
    var generator = SecureRandom()
    self.due = now.monotonicNanoseconds + UInt64.random(in: Self.interval, using: &generator)
    return true
  }
}
