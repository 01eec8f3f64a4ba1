import CLinux
import Glibc

/// What a socket makes of the path's MTU (ip(7) and ipv6(7), IP_MTU_DISCOVER).
extension UDPSocket {
  package enum Fragmentation: Sendable {
    /// "Don't fragment", whatever the kernel remembers of the path; ICMP messages come to the error queue. What is over
    /// the device's MTU is refused with EMSGSIZE (IP_PMTUDISC_PROBE).
    case never
    /// IPv4: fragmented for the device, and by routers; what the kernel remembers of the path is ignored, and nothing is
    /// added to it (IP_PMTUDISC_OMIT). IPv6, where routers do not fragment: as the kernel remembers the path.
    case allowed
    /// As the kernel remembers the path, which may be an MTU that the route was given (IP_PMTUDISC_WANT).
    case asTheKernelKnows
  }

  package func setFragmentation(_ fragmentation: Fragmentation) {
    let (ipv4, ipv6) =
      switch fragmentation {
      case .never: (IP_PMTUDISC_PROBE, IPV6_PMTUDISC_PROBE)
      case .allowed: (IP_PMTUDISC_OMIT, IPV6_PMTUDISC_WANT)
      case .asTheKernelKnows: (IP_PMTUDISC_WANT, IPV6_PMTUDISC_WANT)
      }
    _ = setOption(IPPROTO_IP, IP_MTU_DISCOVER, ipv4)
    if isIPv6 { _ = setOption(IPPROTO_IPV6, IPV6_MTU_DISCOVER, ipv6) }
  }

  /// The path MTU that the kernel knows for a connected socket, in bytes including the IP header (ip(7), IP_MTU).
  package var pathMTU: Int? {
    isIPv6 ? option(IPPROTO_IPV6, IPV6_MTU) : option(IPPROTO_IP, IP_MTU)
  }

  /// Whether a new socket asks for the path's MTU, or the administrator has forbidden it (net.ipv4.ip_no_pmtu_disc).
  package var discoversPathMTU: Bool { option(IPPROTO_IP, IP_MTU_DISCOVER) == Int(IP_PMTUDISC_WANT) }
}
