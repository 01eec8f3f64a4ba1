import CLinux
import Glibc
package import TunnelCore

/// Where packets would go.
package enum Routing {
  /// How UDP datagrams get to a place.
  package struct Route: Sendable, Equatable {
    /// The index of the interface by which they leave.
    package var interface: UInt32
    /// The address that they leave from, if the socket has none of its own. Its port means nothing.
    package var source: Endpoint
    /// The MTU that the route was given (ip-route(8)), in bytes. What ICMP messages made of it does not count.
    package var mtu: Int?

    package init(interface: UInt32, source: Endpoint, mtu: Int? = nil) {
      self.interface = interface
      self.source = source
      self.mtu = mtu
    }

    /// The interface's name; nil if it is gone meanwhile.
    package var interfaceName: String? {
      var name = InlineArray<16, CChar>(repeating: 0)
      var span = name.mutableSpan
      return unsafe span.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress, unsafe if_indextoname(interface, start) != nil else { return nil }
        return unsafe String(cString: start)
      }
    }
  }

  /// The route from UDP port `localPort` to `endpoint`; nil if there is none. Rules may go by protocol and ports
  /// (ip-rule(8)). A few system calls.
  package static func route(towards endpoint: Endpoint, localPort: UInt16) -> Route? {
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
    var facts = clinux_route_facts()
    guard unsafe clinux_route(&question, &facts) == 0 else { return nil }
    let words = unsafe withUnsafeBytes(of: &facts.source) {
      unsafe ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    let source =
      endpoint.isIPv6
      ? Endpoint(ipv6High: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1), port: 0)
      : Endpoint(ipv4: UInt32(truncatingIfNeeded: UInt64(bigEndian: words.0) >> 32), port: 0)
    return Route(
      interface: UInt32(facts.interface), source: source, mtu: facts.mtu == 0 ? nil : Int(facts.mtu))
  }

  /// The name of the interface by which datagrams from UDP port `localPort` to `endpoint` leave; nil if there is no
  /// route.
  package static func interface(towards endpoint: Endpoint, localPort: UInt16) -> String? {
    route(towards: endpoint, localPort: localPort)?.interfaceName
  }
}
