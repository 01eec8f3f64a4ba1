import CLinux
import Glibc
import SystemPackage
package import TunnelCore

/// A non-blocking UDP socket that takes part in nothing but system calls. What to send when is the transport's business.
package final class UDPSocket {
  private let descriptor: OwnedDescriptor
  package let isIPv6: Bool
  package var rawValue: Int32 { descriptor.rawValue }

  /// An unbound socket. An IPv6 one speaks IPv4 too.
  package init(isIPv6: Bool) throws(SystemCallError) {
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let raw = try named("socket") { () throws(Errno) in try retrying { socket(isIPv6 ? AF_INET6 : AF_INET, type, 0) } }
    descriptor = OwnedDescriptor(adopting: raw)
    self.isIPv6 = isIPv6
    if isIPv6 { _ = setOption(IPPROTO_IPV6, IPV6_V6ONLY, 0) }
  }

  package func bind(to endpoint: Endpoint) throws(SystemCallError) {
    var storage = sockaddr_storage()
    let length = unsafe SocketAddress.write(endpoint, forIPv6Socket: isIPv6, to: &storage)
    _ = try named("bind \(endpoint.text)") { () throws(Errno) in
      try retrying {
        unsafe withUnsafePointer(to: &storage) { storage in
          unsafe Glibc.bind(rawValue, UnsafeRawPointer(storage).assumingMemoryBound(to: sockaddr.self), length)
        }
      }
    }
  }

  /// Fixes the other end, and with it the address that datagrams leave from. Nothing is sent.
  package func connect(to endpoint: Endpoint) throws(SystemCallError) {
    var storage = sockaddr_storage()
    let length = unsafe SocketAddress.write(endpoint, forIPv6Socket: isIPv6, to: &storage)
    _ = try named("connect \(endpoint.text)") { () throws(Errno) in
      try retrying {
        unsafe withUnsafePointer(to: &storage) { storage in
          unsafe Glibc.connect(rawValue, UnsafeRawPointer(storage).assumingMemoryBound(to: sockaddr.self), length)
        }
      }
    }
  }

  /// The address that the socket is bound to.
  package var localEndpoint: Endpoint? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return unsafe withUnsafeMutablePointer(to: &storage) { storage in
      let address = unsafe UnsafeMutableRawPointer(storage).assumingMemoryBound(to: sockaddr.self)
      guard unsafe getsockname(rawValue, address, &length) == 0 else { return nil }
      return unsafe SocketAddress.read(storage)
    }
  }

  /// Lets ICMP errors arrive in the socket's error queue, which an unconnected socket is not told of otherwise.
  package func collectErrors() {
    _ = setOption(IPPROTO_IP, IP_RECVERR, 1)
    if isIPv6 { _ = setOption(IPPROTO_IPV6, IPV6_RECVERR, 1) }
  }

  /// Lets one read bring several datagrams of equal length (udp(7), UDP_GRO; Linux 5.0). False if the kernel cannot.
  package func coalesceDatagrams() -> Bool { setOption(IPPROTO_UDP, CLINUX_UDP_GRO, 1) }

  func setOption(_ level: some BinaryInteger, _ name: some BinaryInteger, _ value: Int32) -> Bool {
    var value = value
    return unsafe setsockopt(rawValue, Int32(level), Int32(name), &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }

  func option(_ level: some BinaryInteger, _ name: some BinaryInteger) -> Int? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(rawValue, Int32(level), Int32(name), &value, &length) == 0 ? Int(value) : nil
  }
}
