/// What happens to datagrams on their way from one host to another.
struct Conditions: Sendable {
  /// Percent.
  var loss = 0.0
  var duplication = 0.0
  var damage = 0.0
  /// Milliseconds; the second is added to the first at random, so that datagrams overtake each other.
  var delay = 5
  var jitter = 1
  var isCut = false
  /// Bytes with the network's headers.
  var mtu = 1500
  /// Whether a router says so to whoever sends something longer.
  var tellsMTU = true
  var dropped: Kind?

  /// By what somebody on the path can tell datagrams apart.
  enum Kind: Equatable, Sendable {
    /// Of salty.
    case control, data
    /// Bytes.
    case over(Int), under(Int)

    func covers(_ bytes: [UInt8]) -> Bool {
      switch self {
      case .control: bytes.first.map { $0 & 0x80 != 0 } ?? false
      case .data: bytes.first.map { $0 & 0x80 == 0 } ?? false
      case .over(let length): bytes.count > length
      case .under(let length): bytes.count < length
      }
    }
  }
}
