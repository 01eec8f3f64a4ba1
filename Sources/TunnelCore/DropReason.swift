/// Why a packet or a datagram went no further. Each reason has its counter; none is ever worth a log line of its own.
public enum DropReason: UInt8, CaseIterable, Sendable {
  /// Shorter than anything that this protocol sends.
  case tooShort
  /// Longer than a datagram or a packet can be.
  case tooLong
  /// The tag is wrong: another key, another protocol, or damage.
  case notAuthentic
  /// Its number or stamp was seen before.
  case duplicate
  /// Its number or stamp is below the replay window.
  case late
  /// The handshake has not given a key for it yet.
  case noKey
  /// The key's counter is used up; a new key is being agreed on.
  case counterExhausted
  /// Authentic, but its public key is of low order.
  case lowOrderKey
  /// Authentic, but not laid out as the protocol says; or from the device, with headers that contradict each other.
  case malformed
  /// Our own, sent back to us.
  case reflected
  /// From an address that is not the fixed peer's.
  case fromElsewhere
  /// The peer has not spoken yet, so nobody knows where to send it.
  case noPeer
  /// The kernel refused it: the ends' failures tell the errno.
  case refused

  public var text: String {
    switch self {
    case .tooShort: "too short"
    case .tooLong: "too long"
    case .notAuthentic: "not authentic"
    case .duplicate: "duplicate"
    case .late: "late"
    case .noKey: "no key yet"
    case .counterExhausted: "counter exhausted"
    case .lowOrderKey: "low-order key"
    case .malformed: "malformed"
    case .reflected: "reflected"
    case .fromElsewhere: "from elsewhere"
    case .noPeer: "no peer yet"
    case .refused: "refused by the kernel"
    }
  }
}
