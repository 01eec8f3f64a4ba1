import Configuration
import Glibc
import LinuxSystem
import TunnelCore

/// The two ends of the outer path: settings to a bound socket and the peer's endpoint.
struct OuterPath: ~Copyable {
  var socket: UDPSocket
  /// Nil while the peer has not spoken.
  let peer: Endpoint?

  init(_ settings: TunnelSettings) throws {
    let local = try Self.local(settings)
    peer = try Self.remote(settings, like: local)
    socket = try Self.bind(local, port: settings.localPort, peer: peer)
  }

  private static func local(_ settings: TunnelSettings) throws(DaemonError) -> Endpoint? {
    guard let name = settings.localAddress else { return nil }
    return try resolve(name, setting: "LOCAL_ADDRESS", port: settings.localPort, family: .any)
  }

  private static func remote(_ settings: TunnelSettings, like local: Endpoint?) throws(DaemonError) -> Endpoint? {
    guard let name = settings.remoteAddress else { return nil }
    let family: Resolver.Family = local.map { $0.isIPv6 ? .ipv6 : .ipv4 } ?? .any
    let endpoint = try resolve(name, setting: "REMOTE_ADDRESS", port: settings.remotePort, family: family)
    return endpoint.isUnspecified ? nil : endpoint
  }

  private static func resolve(
    _ name: String, setting: String, port: UInt16, family: Resolver.Family
  ) throws(DaemonError) -> Endpoint {
    do throws(Resolver.Failure) {
      if let first = try Resolver.addresses(of: name, port: port, family: family).first { return first }
      throw Resolver.Failure(name: name, reason: "no address")
    } catch {
      let kind =
        switch family {
        case .any: "an address"
        case .ipv4: "an IPv4 address, as LOCAL_ADDRESS is one"
        case .ipv6: "an IPv6 address, as LOCAL_ADDRESS is one"
        }
      throw DaemonError(
        "\(setting)=\(name): \(error.reason)", why: "The resolver knows no address of that name; \(kind) is needed.",
        cure: "Try: getent ahosts \(name)")
    }
  }

  /// A socket of the family that the addresses have; with none given one that speaks both, where the kernel has IPv6.
  private static func bind(_ local: Endpoint?, port: UInt16, peer: Endpoint?) throws -> UDPSocket {
    if let known = local ?? peer {
      let any = known.isIPv6 ? Endpoint(ipv6High: 0, low: 0, port: port) : Endpoint(ipv4: 0, port: port)
      return try bound(to: local ?? any)
    }
    do {
      return try bound(to: Endpoint(ipv6High: 0, low: 0, port: port))
    } catch let error as SystemCallError where error.errno == .addressFamilyNotSupported
      || error.errno == .addressNotAvailable
    {
      return try bound(to: Endpoint(ipv4: 0, port: port))
    }
  }

  private static func bound(to endpoint: Endpoint) throws -> UDPSocket {
    let socket = try UDPSocket(isIPv6: endpoint.isIPv6)
    do {
      try socket.bind(to: endpoint)
    } catch where error.errno == .addressInUse {
      throw DaemonError(
        "\(error)", why: "Another process has UDP port \(endpoint.port); quicktun's default is 2998.",
        cure: "Find it with `ss -lunp`, or choose another LOCAL_PORT and give it to the peer as REMOTE_PORT.")
    } catch where error.errno == .addressNotAvailable {
      throw DaemonError(
        "\(error)", why: "LOCAL_ADDRESS is on no interface of this host.", cure: "See `ip address`, or leave it out.")
    }
    return socket
  }

  /// The path MTU to the peer, or Ethernet's 1500 while nothing better is known.
  static func pathMTU(to peer: Endpoint?) -> Int {
    guard let peer, let probe = try? UDPSocket(isIPv6: peer.isIPv6), (try? probe.connect(to: peer)) != nil else {
      return 1500
    }
    return probe.pathMTU ?? 1500
  }
}
