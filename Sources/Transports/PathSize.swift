/// Whether datagrams may be fragmented, and what is to be believed of the path's MTU.
///
/// Whoever is on the path, and often who is not, can forge an ICMP message that says "too long" (RFC 5927). The kernel
/// would believe it for ten minutes, fragment whatever is longer, and no longer send datagrams together. So:
///
/// 1. As a rule datagrams leave whole, with "don't fragment", and what the kernel remembers does not count.
/// 2. A message that fits what was sent is heeded for two minutes: datagrams may be fragmented (for IPv4 by the router
///    that said so, and nothing becomes slower here; for IPv6 by the kernel, at 1280 bytes or more).
/// 3. Then one long datagram is sent whole. If nobody has objected after three seconds, 1. holds again.
///
/// A datagram that is over the device's own MTU needs no message to be fragmented; whether it still is over is tried
/// again after two minutes, which costs a refused call but no datagram.
struct PathSize {
  /// Seconds. Together with a tick's tolerance less than the three minutes that a forged message may do harm.
  /// PathTrouble of Diagnosis tells people of "two minutes".
  static let patience: UInt64 = 120
  static let trialSeconds: UInt64 = 3

  private enum State: Equatable {
    case whole
    /// Until then; `told` is what a message said, in bytes with the IP header, if it was one.
    case pieces(until: UInt64, told: Int?)
    /// The next datagram longer than `told` is to leave whole.
    case trialDue(told: Int)
    case tried(at: UInt64)
  }

  private var state = State.whole
  /// Monotonic seconds, as of the last tick.
  private var second: UInt64 = 0
  /// What the last message said that was heeded, in bytes with the IP header.
  private(set) var toldMTU: Int?

  var mayFragment: Bool { state != .whole }

  /// A message that fits what was sent says that the path carries `bytes`.
  mutating func heed(_ bytes: Int) {
    toldMTU = bytes
    state = .pieces(until: second + Self.patience, told: bytes)
  }

  /// The device cannot take a datagram whole. True if it has become allowed to send it in pieces; if not, that was
  /// allowed already and is not what the kernel minds.
  mutating func refused() -> Bool {
    guard state == .whole else { return false }
    state = .pieces(until: second + Self.patience, told: nil)
    return true
  }

  /// To be called about once a second.
  mutating func tick(at second: UInt64) {
    self.second = second
    switch state {
    case .pieces(let until, let told) where second >= until: state = told.map { .trialDue(told: $0) } ?? .whole
    case .tried(let at) where second >= at + Self.trialSeconds: state = .whole
    default: break
    }
  }

  var isTrialDue: Bool { if case .trialDue = state { true } else { false } }

  /// Whether a datagram of `bytes`, with its IP header, is to leave whole to see whether anybody objects.
  mutating func takesTrial(_ bytes: Int) -> Bool {
    guard case .trialDue(let told) = state, bytes > told else { return false }
    state = .tried(at: second)
    return true
  }

  /// The path is another one: nothing is known of it.
  mutating func forget() { state = .whole }
}
