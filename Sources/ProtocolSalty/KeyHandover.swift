import TunnelCore

/// What the handshake, which is the opener's, hands over to the sealer, and what it hears back: all that salty's two
/// directions share. The opener writes the first two, the sealer the others, and the counter of the cipher's key.
final class KeyHandover {
  /// What seals data; nil until both sides have each other's key.
  var sendingCipher: SendingCipher?
  /// When the keys of that end. Monotonic seconds.
  var deadline: UInt64 = 0

  /// How many batches with packets there were to send, and when the last was. Monotonic nanoseconds.
  private(set) var batches: UInt64 = 0
  private(set) var lastSent: UInt64 = 0

  /// There was something to send.
  func hasSent(at now: Moment) {
    batches += 1
    lastSent = now.monotonicNanoseconds
  }
}
