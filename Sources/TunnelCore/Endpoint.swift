/// An IP address and a UDP port: where a datagram came from or goes to.
///
/// IPv4 addresses are kept as IPv4 even when a dual-stack socket shows them as mapped ones (RFC 4291, 2.5.5.2), so
/// that one peer has one endpoint.
public struct Endpoint: Hashable, Sendable {
  /// The address in network byte order as two big-endian words; an IPv4 address fills the low 32 bits of `low`.
  public let high: UInt64
  public let low: UInt64
  /// The zone of a link-local IPv6 address (an interface index), else 0.
  public let scope: UInt32
  public let port: UInt16
  public let isIPv6: Bool

  public init(ipv4 address: UInt32, port: UInt16) {
    high = 0
    low = UInt64(address)
    scope = 0
    self.port = port
    isIPv6 = false
  }

  /// An IPv4-mapped address becomes the IPv4 address that it stands for.
  public init(ipv6High: UInt64, low: UInt64, port: UInt16, scope: UInt32 = 0) {
    let isMapped = ipv6High == 0 && low >> 32 == 0xffff
    high = isMapped ? 0 : ipv6High
    self.low = isMapped ? low & 0xffff_ffff : low
    self.scope = isMapped ? 0 : scope
    self.port = port
    isIPv6 = !isMapped
  }

  /// No address at all: in a control datagram that a protocol sends, "wherever the peer is now".
  public static let unspecified = Endpoint(ipv4: 0, port: 0)

  /// Whether the address is 0.0.0.0 or ::, whatever the port.
  public var isUnspecified: Bool { high == 0 && low == 0 }
}
