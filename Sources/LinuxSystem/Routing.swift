import CLinux
import Glibc
package import TunnelCore

/// Where packets would go.
package enum Routing {
  /// Whom an address stands for, as the routing tables have it (rtnetlink(7), RTN_).
  package enum Target: Sendable, Equatable {
    case host
    /// An address of this host.
    case thisHost
    case broadcast
    case multicast
  }

  package struct Route: Sendable, Equatable {
    /// The name of the interface by which packets leave.
    package var interface: String
    package var target: Target

    package init(interface: String, target: Target) { (self.interface, self.target) = (interface, target) }
  }

  /// The way of datagrams from UDP port `localPort` to `endpoint`; nil if there is none. Rules may go by protocol and
  /// ports (ip-rule(8)).
  package static func route(towards endpoint: Endpoint, localPort: UInt16) -> Route? {
    let words = endpoint.isIPv6 ? [endpoint.high, endpoint.low] : [endpoint.low << 32]
    let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
      .prefix(endpoint.isIPv6 ? 16 : 4)
    var type: UInt8 = 0
    let index = unsafe bytes.withUnsafeBufferPointer {
      unsafe clinux_route_interface(
        $0.baseAddress, Int32($0.count), endpoint.scope, endpoint.port, localPort, &type)
    }
    guard index > 0, let name = interfaceName(UInt32(index)) else { return nil }
    return Route(interface: name, target: target(type))
  }

  /// The same, for who wants to know the interface only.
  package static func interface(towards endpoint: Endpoint, localPort: UInt16) -> String? {
    route(towards: endpoint, localPort: localPort)?.interface
  }

  private static func target(_ type: UInt8) -> Target {
    switch Int(type) {
    case CLINUX_RTN_LOCAL: .thisHost
    case CLINUX_RTN_BROADCAST: .broadcast
    case CLINUX_RTN_MULTICAST: .multicast
    default: .host
    }
  }

  /// The name of the interface with that index; nil if there is none.
  static func interfaceName(_ index: UInt32) -> String? {
    var name = InlineArray<16, CChar>(repeating: 0)
    var span = name.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, unsafe if_indextoname(index, start) != nil else { return nil }
      return unsafe String(cString: start)
    }
  }
}

extension Endpoint {
  /// What shows the way to it: "ip route get 192.0.2.1", "ip route get fe80::1 oif eth0".
  package var routeQuestion: String {
    // ip(8) takes no zone behind an address.
    let zone = scope == 0 ? "" : " oif \(Routing.interfaceName(scope) ?? String(scope))"
    return "ip route get \(addressText.prefix { $0 != "%" })\(zone)"
  }
}
