import CLinux
import Glibc
package import TunnelCore

/// Host names and numeric addresses to endpoints, through the system's resolver.
package enum Resolver {
  package enum Family: Sendable { case any, ipv4, ipv6 }

  /// The resolver's own words for why a name has no address.
  package struct Failure: Error, Equatable {
    package let reason: String
  }

  /// All addresses of `name`, at least one, in the order in which to try them (RFC 6724). Blocks as long as the resolver does.
  package static func addresses(
    of name: String, port: UInt16, family: Family = .any
  ) throws(Failure) -> [Endpoint] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    unsafe hints.ai_family =
      switch family {
      case .any: AF_UNSPEC
      case .ipv4: AF_INET
      case .ipv6: AF_INET6
      }
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(name, nil, &hints, &list)
    guard status == 0 else { throw Failure(reason: unsafe String(cString: gai_strerror(status))) }
    defer { unsafe freeaddrinfo(list) }
    let found = unsafe endpoints(in: list, port: port)
    if found.isEmpty { throw Failure(reason: "No IP address associated with hostname") }
    return found
  }

  private static func endpoints(in list: UnsafeMutablePointer<addrinfo>?, port: UInt16) -> [Endpoint] {
    var found: [Endpoint] = []
    var entry = unsafe list
    while let current = unsafe entry {
      if let address = unsafe current.pointee.ai_addr, let endpoint = unsafe SocketAddress.read(address) {
        let withPort = endpoint.with(port: port)
        if !found.contains(withPort) { found.append(withPort) }
      }
      unsafe entry = current.pointee.ai_next
    }
    return found
  }
}

extension Endpoint {
  /// The same address with another port.
  package func with(port: UInt16) -> Endpoint {
    isIPv6
      ? Endpoint(ipv6High: high, low: low, port: port, scope: scope)
      : Endpoint(ipv4: UInt32(truncatingIfNeeded: low), port: port)
  }
}
