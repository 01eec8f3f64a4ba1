package import Configuration
package import LinuxSystem
package import TunnelCore

/// What is wrong with a peer's address. Both check and a tunnel that starts say so.
package struct PeerAddressTrouble: Sendable {
  /// Whether no tunnel can be had so; if not, it is only odd.
  package let isProblem: Bool
  package let complaint: Complaint

  private init(isProblem: Bool = true, _ what: String, why: String, cure: String) {
    (self.isProblem, complaint) = (isProblem, Complaint(what, why: why, cure: cure))
  }

  /// Nil for an address that may be a peer's. `remote` is the setting as it was written, `route` what the kernel says of
  /// the way there, `local` the address to bind (nil for any) and `localPort` its port.
  package static func find(
    _ peer: Endpoint, remote: String, route: Routing.Route?, local: Endpoint?, localPort: UInt16
  ) -> PeerAddressTrouble? {
    if let what = noHost(peer, route) {
      return PeerAddressTrouble(
        "\(remote): \(what)", why: "The peer is one host.", cure: "Give REMOTE_ADDRESS that host's address.")
    }
    if peer.isLinkLocal && peer.scope == 0 {
      return PeerAddressTrouble(
        "\(remote): a link-local address without its interface",
        why: "Each interface has a network fe80:: of its own: the kernel refuses such datagrams.",
        cure: "REMOTE_ADDRESS=\(peer.addressText)%eth0, with the interface that leads there")
    }
    return route?.target == .thisHost ? ownAddress(peer, remote, local, localPort) : nil
  }

  private static func noHost(_ peer: Endpoint, _ route: Routing.Route?) -> String? {
    if peer.isMulticast || route?.target == .multicast { return "a multicast address" }
    if peer.isBroadcast || route?.target == .broadcast { return "a broadcast address" }
    return nil
  }

  /// Both ends may well be on one host, but not on one address and port.
  private static func ownAddress(
    _ peer: Endpoint, _ remote: String, _ local: Endpoint?, _ localPort: UInt16
  ) -> PeerAddressTrouble? {
    let isSameAddress = local.map { $0.isUnspecified || ($0.high, $0.low) == (peer.high, peer.low) } ?? true
    if peer.port == localPort && isSameAddress {
      return PeerAddressTrouble(
        "\(remote): this side's own address and port",
        why: "What it sends comes back to itself: UDP port \(localPort) of this host.", cure: Cure.pointAtPeer)
    }
    // Who binds there as well means it.
    if peer.isLoopback && local?.isLoopback == true { return nil }
    return PeerAddressTrouble(
      isProblem: false, "\(remote): this host's own address",
      why: "That is right only if both ends of the tunnel are on this host.", cure: Cure.pointAtPeer)
  }
}

extension Endpoint {
  /// 224.0.0.0/4 (RFC 5771), ff00::/8 (RFC 4291, 2.7).
  fileprivate var isMulticast: Bool { isIPv6 ? high >> 56 == 0xff : low >> 28 == 0xe }
  /// 255.255.255.255; a network's own is the routing table's to know.
  fileprivate var isBroadcast: Bool { !isIPv6 && low == 0xffff_ffff }
  /// 127.0.0.0/8 (RFC 1122, 3.2.1.3), ::1.
  fileprivate var isLoopback: Bool { isIPv6 ? (high, low) == (0, 1) : low >> 24 == 127 }
  /// fe80::/10 (RFC 4291, 2.5.6).
  fileprivate var isLinkLocal: Bool { isIPv6 && high >> 54 == 0x3fa }
}
