import Glibc
package import TunnelCore

extension Endpoint {
  /// The address alone, as inet_ntop(3) writes it.
  package var addressText: String {
    var storage = sockaddr_storage()
    _ = unsafe SocketAddress.write(self, forIPv6Socket: isIPv6, to: &storage)
    let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
      unsafe withUnsafeBytes(of: &storage) { bytes in
        let family = isIPv6 ? AF_INET6 : AF_INET
        guard let address = bytes.baseAddress, let start = text.baseAddress else { return "" }
        _ = unsafe inet_ntop(family, address + (isIPv6 ? 8 : 4), start, socklen_t(INET6_ADDRSTRLEN))
        return unsafe String(cString: start)
      }
    }
    return scope == 0 ? text : "\(text)%\(scope)"
  }

  /// "192.0.2.1:2998" or "[2001:db8::1]:2998".
  package var text: String { isIPv6 ? "[\(addressText)]:\(port)" : "\(addressText):\(port)" }
}
