import CLinux
import Glibc
import SystemPackage

/// An interface asked and changed by its name (netdevice(7)).
package enum NetworkInterface {
  /// An interface's MTU in bytes.
  package static func mtu(of name: String) throws(SystemCallError) -> Int {
    let socket = try querySocket()
    var request = InterfaceName(name)
    let mtu = try named("SIOCGIFMTU \(name)") { () throws(Errno) in
      try retrying { unsafe request.withPointer { unsafe clinux_interface_mtu(socket.rawValue, $0) } }
    }
    return Int(mtu)
  }

  /// Whether an interface is up (IFF_UP). Works in a chroot as well, where there is no /sys.
  package static func isUp(_ name: String) throws(SystemCallError) -> Bool {
    let socket = try querySocket()
    var request = InterfaceName(name)
    return try named("SIOCGIFFLAGS \(name)") { () throws(Errno) in
      try retrying { unsafe request.withPointer { unsafe clinux_interface_is_up(socket.rawValue, $0) } }
    } == 1
  }

  package static func setMTU(of name: String, to bytes: Int) throws(SystemCallError) {
    let socket = try querySocket()
    var request = InterfaceName(name)
    _ = try named("SIOCSIFMTU \(name) \(bytes)") { () throws(Errno) in
      try retrying { unsafe request.withPointer { unsafe clinux_set_interface_mtu(socket.rawValue, $0, Int32(bytes)) } }
    }
  }

  private static func querySocket() throws(SystemCallError) -> OwnedDescriptor {
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    return OwnedDescriptor(
      adopting: try named("socket") { () throws(Errno) in
        try retrying { socket(AF_INET, type, 0) }
      })
  }
}
