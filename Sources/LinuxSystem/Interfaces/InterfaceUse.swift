import Glibc

/// What this host does with an interface: whether anything can find its way into it.
package struct InterfaceUse: Sendable, Equatable {
  /// An address other than the link-local one that the kernel gives by itself.
  package var hasAddress: Bool
  /// It is a port of a bridge, a bond or the like, which has the addresses instead.
  package var isPort: Bool
  /// A route of the main table leads into it.
  package var hasRoute: Bool

  package init(hasAddress: Bool, isPort: Bool, hasRoute: Bool) {
    (self.hasAddress, self.isPort, self.hasRoute) = (hasAddress, isPort, hasRoute)
  }

  package init(lookingUp name: String) {
    hasAddress = Self.hasIPv4Address(name) || Self.hasIPv6Address(name)
    isPort = TextFile.link("/sys/class/net/\(name)/master") != nil
    hasRoute = Self.hasIPv4Route(name) || Self.hasIPv6Route(name)
  }

  private static func lines(_ path: String) -> [[Substring]] {
    (TextFile.read(path, limit: 1 << 22) ?? "").split(separator: "\n").map { line in
      line.split { $0 == " " || $0 == "\t" }
    }
  }

  /// getifaddrs(3): an entry for each address of each interface.
  private static func hasIPv4Address(_ name: String) -> Bool {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard unsafe getifaddrs(&list) == 0 else { return false }
    defer { unsafe freeifaddrs(list) }
    var entry = unsafe list
    while let current = unsafe entry {
      if let address = unsafe current.pointee.ifa_addr, unsafe address.pointee.sa_family == sa_family_t(AF_INET),
        unsafe String(cString: current.pointee.ifa_name) == name
      {
        return true
      }
      unsafe entry = current.pointee.ifa_next
    }
    return false
  }

  /// /proc/net/if_inet6: address, index, prefix length, scope (20 for a link-local one), flags, name.
  private static func hasIPv6Address(_ name: String) -> Bool {
    lines("/proc/net/if_inet6").contains { $0.count == 6 && $0[5] == name && $0[3] != "20" }
  }

  /// /proc/net/route: the name comes first.
  private static func hasIPv4Route(_ name: String) -> Bool {
    lines("/proc/net/route").contains { $0.first == name[...] }
  }

  /// /proc/net/ipv6_route: the destination comes first, the name last. fe80::/64 and ff00::/8 are there by themselves.
  private static func hasIPv6Route(_ name: String) -> Bool {
    lines("/proc/net/ipv6_route").contains { columns in
      guard let destination = columns.first, columns.last == name[...] else { return false }
      return !destination.hasPrefix("fe80") && !destination.hasPrefix("ff")
    }
  }
}
