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

  /// How UDP datagrams get to a place.
  package struct Route: Sendable, Equatable {
    /// The name of the interface by which they leave.
    package var interface: String
    package var target: Target
    /// The address that they leave from, if the socket has none of its own. Its port means nothing.
    package var source = Endpoint.unspecified
    /// The MTU that the route was given (ip-route(8)), in bytes. What ICMP messages made of it does not count.
    package var mtu: Int?

    package init(interface: String, target: Target) { (self.interface, self.target) = (interface, target) }
  }

  /// The route from UDP port `localPort` to `endpoint`; nil if there is none. Rules may go by protocol and ports
  /// (ip-rule(8)). A few system calls.
  package static func route(towards endpoint: Endpoint, localPort: UInt16) -> Route? {
    var question = question(endpoint, localPort)
    var facts = clinux_route_facts()
    guard unsafe clinux_route(&question, &facts) == 0, let name = interfaceName(UInt32(facts.interface)) else {
      return nil
    }
    let words = unsafe withUnsafeBytes(of: &facts.source) {
      unsafe ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    var route = Route(interface: name, target: target(facts.type))
    route.source =
      endpoint.isIPv6
      ? Endpoint(ipv6High: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1), port: 0)
      : Endpoint(ipv4: UInt32(truncatingIfNeeded: UInt64(bigEndian: words.0) >> 32), port: 0)
    route.mtu = facts.mtu == 0 ? nil : Int(facts.mtu)
    return route
  }

  private static func question(_ endpoint: Endpoint, _ localPort: UInt16) -> clinux_route_question {
    var question = clinux_route_question()
    question.bytes = endpoint.isIPv6 ? 16 : 4
    question.remote_port = endpoint.port
    question.local_port = localPort
    question.interface = endpoint.scope
    let (first, second) = endpoint.isIPv6 ? (endpoint.high, endpoint.low) : (endpoint.low << 32, 0)
    unsafe withUnsafeMutableBytes(of: &question.address) {
      unsafe $0.storeBytes(of: first.bigEndian, as: UInt64.self)
      unsafe $0.storeBytes(of: second.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return question
  }

  /// The same, for whoever wants to know the interface only.
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
  package static func interfaceName(_ index: UInt32) -> String? {
    var name = InlineArray<16, CChar>(repeating: 0)
    var span = name.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, unsafe if_indextoname(index, start) != nil else { return nil }
      return unsafe String(cString: start)
    }
  }
}
