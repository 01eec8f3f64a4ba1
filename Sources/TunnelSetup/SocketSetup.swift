package import Configuration
import Glibc
package import LinuxSystem
import SystemPackage
package import TunnelCore

/// Settings to the addresses of both sides, and to a bound socket.
package enum SocketSetup {
  /// Where the peer is; nil while it has not spoken.
  package static func peer(_ settings: TunnelSettings, local: Endpoint?) throws(Complaint) -> Endpoint? {
    guard let name = settings.remoteAddress else { return nil }
    let family: Resolver.Family = local.map { $0.isIPv6 ? .ipv6 : .ipv4 } ?? .any
    let endpoint = try resolve(name, settings.spelled("REMOTE_ADDRESS"), port: settings.remotePort, family: family)
    return endpoint.isUnspecified ? nil : endpoint
  }

  /// The address to bind, if one is asked for.
  package static func local(_ settings: TunnelSettings) throws(Complaint) -> Endpoint? {
    guard let name = settings.localAddress else { return nil }
    return try resolve(name, settings.spelled("LOCAL_ADDRESS"), port: settings.localPort, family: .any)
  }

  private static func resolve(
    _ name: String, _ spelling: String, port: UInt16, family: Resolver.Family
  ) throws(Complaint) -> Endpoint {
    do throws(Resolver.Failure) {
      return try Resolver.addresses(of: name, port: port, family: family)[0]
    } catch {
      let kind =
        switch family {
        case .any: "an address"
        case .ipv4: "an IPv4 address, as LOCAL_ADDRESS is one"
        case .ipv6: "an IPv6 address, as LOCAL_ADDRESS is one"
        }
      throw Complaint(
        "\(spelling): \(error.reason)", why: "The resolver knows no address of that name; \(kind) is needed.",
        cure: "Try: getent ahosts \(name)")
    }
  }

  /// A socket of the family that the addresses have; with none given one that speaks both, where the kernel has IPv6.
  package static func bind(_ local: Endpoint?, port: UInt16, peer: Endpoint?) throws -> UDPSocket {
    let anyIPv4 = Endpoint(ipv4: 0, port: port)
    let anyIPv6 = Endpoint(ipv6High: 0, low: 0, port: port)
    if let local { return try bound(to: local) }
    if let peer { return try bound(to: peer.isIPv6 ? anyIPv6 : anyIPv4) }
    if let both = try? UDPSocket(isIPv6: true), (try? both.bind(to: anyIPv6)) != nil { return both }
    return try bound(to: anyIPv4)
  }

  private static func bound(to endpoint: Endpoint) throws -> UDPSocket {
    let socket = try UDPSocket(isIPv6: endpoint.isIPv6)
    do throws(SystemCallError) {
      try socket.bind(to: endpoint)
      return socket
    } catch {
      throw explain(error, endpoint)
    }
  }

  private static func explain(_ error: SystemCallError, _ endpoint: Endpoint) -> Complaint {
    switch error.errno {
    case .addressInUse:
      Complaint(
        "\(error)",
        why: "Another process has UDP port \(endpoint.port); quicktun's default is \(TunnelSettings().localPort).",
        cure: "Find it with `ss -lunp`, or choose another LOCAL_PORT and give it to the peer as REMOTE_PORT.")
    case .addressNotAvailable:
      Complaint(
        "\(error)", why: "LOCAL_ADDRESS is on no interface of this host.", cure: "See `ip address`, or leave it out.")
    default:
      Complaint("\(error)")
    }
  }
}
