import CLinux
import Glibc
import TunnelCore

/// Endpoints as the kernel's socket addresses, and back.
enum SocketAddress {
  /// Writes `endpoint` for a socket of the given family; an IPv6 socket gets IPv4 addresses in their mapped form.
  /// Returns the address's length.
  @unsafe
  static func write(
    _ endpoint: Endpoint, forIPv6Socket: Bool, to storage: UnsafeMutablePointer<sockaddr_storage>
  ) -> socklen_t {
    forIPv6Socket
      ? unsafe writeIPv6(endpoint, to: UnsafeMutableRawPointer(storage))
      : unsafe writeIPv4(endpoint, to: UnsafeMutableRawPointer(storage))
  }

  private static func writeIPv4(_ endpoint: Endpoint, to storage: UnsafeMutableRawPointer) -> socklen_t {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = endpoint.port.bigEndian
    address.sin_addr.s_addr = UInt32(truncatingIfNeeded: endpoint.low).bigEndian
    unsafe storage.storeBytes(of: address, as: sockaddr_in.self)
    return socklen_t(MemoryLayout<sockaddr_in>.size)
  }

  private static func writeIPv6(_ endpoint: Endpoint, to storage: UnsafeMutableRawPointer) -> socklen_t {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = endpoint.port.bigEndian
    address.sin6_scope_id = endpoint.scope
    unsafe storage.storeBytes(of: address, as: sockaddr_in6.self)
    let isMapped = !endpoint.isIPv6 && !endpoint.isUnspecified
    let low = isMapped ? 0xffff_0000_0000 | endpoint.low : endpoint.low
    unsafe storage.storeBytes(of: endpoint.high.bigEndian, toByteOffset: 8, as: UInt64.self)
    unsafe storage.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt64.self)
    return socklen_t(MemoryLayout<sockaddr_in6>.size)
  }

  /// The endpoint in a socket address that the kernel filled in; nil for a family that is not IP.
  @unsafe
  static func read(_ storage: UnsafeRawPointer) -> Endpoint? {
    switch Int32(unsafe storage.load(as: sa_family_t.self)) {
    case AF_INET:
      let address = unsafe storage.load(as: sockaddr_in.self)
      return Endpoint(ipv4: UInt32(bigEndian: address.sin_addr.s_addr), port: UInt16(bigEndian: address.sin_port))
    case AF_INET6:
      let address = unsafe storage.load(as: sockaddr_in6.self)
      return unsafe Endpoint(
        ipv6High: UInt64(bigEndian: storage.load(fromByteOffset: 8, as: UInt64.self)),
        low: UInt64(bigEndian: storage.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
        port: UInt16(bigEndian: address.sin6_port), scope: address.sin6_scope_id)
    default:
      return nil
    }
  }
}
