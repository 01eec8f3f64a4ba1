import CLinux
import Glibc
import SystemPackage
import TunnelCore

/// Two sockets of one port: one is connected and gets what its peer sends, the other all the rest, for the kernel
/// prefers the socket that fits best (net/ipv4/udp.c, compute_score).
extension UDPSocket {
  /// A second socket on this one's address and port.
  ///
  /// SO_REUSEPORT allows that to sockets of one user only; SO_REUSEADDR would allow it to everybody. It is on for three
  /// calls, and off for both sockets again before this returns: the port is nobody else's.
  package func secondSocket() throws(SystemCallError) -> UDPSocket {
    let second = try UDPSocket(isIPv6: isIPv6)
    guard let endpoint = localEndpoint else { throw SystemCallError("getsockname", .badFileDescriptor) }
    defer { for socket in [self, second] { _ = socket.setOption(SOL_SOCKET, SO_REUSEPORT, 0) } }
    for socket in [self, second] { _ = socket.setOption(SOL_SOCKET, SO_REUSEPORT, 1) }
    // To the port by its number: with "any", a port that the kernel chose would be lost when it is disconnected.
    try second.bind(to: endpoint)
    return second
  }

  /// Undoes `connect`: address and port stay as they were bound.
  package func disconnect() { _ = clinux_disconnect(rawValue) }
}
