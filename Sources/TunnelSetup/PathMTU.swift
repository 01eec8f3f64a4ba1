import LinuxSystem
package import TunnelCore

/// How long an IP packet to the peer may be, in bytes, to pass in one piece.
package enum PathMTU {
  /// What a path most probably carries of which nothing is known.
  private static let ethernet = 1500
  /// The length of an IPv4 packet has 16 bits (RFC 791). Of lo the MTU is one more.
  private static let longestPacket = 65_535

  /// As the route has it: the MTU that it was given, or its interface's, or Ethernet's while there is no route. What
  /// the kernel has learned from ICMP messages, which may be forged, does not count: an MTU of the device that was set
  /// by them would stay.
  package static func ofRoute(to peer: Endpoint?, localPort: UInt16) -> Int {
    guard let peer, let route = Routing.route(towards: peer, localPort: localPort) else { return ethernet }
    let interfaceMTU = try? NetworkInterface.mtu(of: route.interface)
    return min(route.mtu ?? interfaceMTU ?? ethernet, longestPacket)
  }

  /// As the kernel knows it, or Ethernet's while nothing better is known. Nothing is sent.
  package static func known(to peer: Endpoint?) -> Int {
    guard let peer else { return ethernet }
    return (try? askedOfKernel(peer)) ?? ethernet
  }

  private static func askedOfKernel(_ peer: Endpoint) throws(SystemCallError) -> Int? {
    let probe = try UDPSocket(isIPv6: peer.isIPv6)
    try probe.connect(to: peer)
    return probe.pathMTU
  }
}
