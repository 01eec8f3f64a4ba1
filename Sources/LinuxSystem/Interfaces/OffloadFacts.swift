import CLinux
import Glibc

/// What this kernel can do with super-packets. Asked without making a device or sending anything.
package struct OffloadFacts: Sendable, Equatable {
  /// IFF_VNET_HDR: super-packets to and from tun devices; TCP since Linux 2.6.27.
  package var tunHeader: Bool
  /// USO: the same for UDP (Linux 6.2).
  package var tunUDP: Bool
  /// UDP_GRO on sockets (Linux 5.0), and UDP_SEGMENT, which is older.
  package var socketGRO: Bool

  /// What kernels may lack, and what comes of that, as people are told of it.
  package static let headerName = "IFF_VNET_HDR"
  package static let udpName = "UDP segmentation (Linux 6.2)"
  package static let consequence = "Such packets pass one by one, which is slower."

  package init(tunHeader: Bool, tunUDP: Bool, socketGRO: Bool) {
    (self.tunHeader, self.tunUDP, self.socketGRO) = (tunHeader, tunUDP, socketGRO)
  }

  /// Looks at this kernel. Nil where the device node cannot be opened.
  package init?() {
    let raw = unsafe open(TunDescriptor.node, O_RDWR | O_CLOEXEC)
    guard raw >= 0 else { return nil }
    let node = OwnedDescriptor(adopting: raw)
    var flags: UInt32 = 0
    guard unsafe clinux_tun_features(node.rawValue, &flags) == 0 else { return nil }
    tunHeader = flags & UInt32(CLINUX_IFF_VNET_HDR) != 0
    tunUDP = Self.kernelIsAtLeast(6, 2)
    socketGRO = (try? UDPSocket(isIPv6: false))?.coalesceDatagrams() ?? false
  }

  /// From /proc/sys/kernel/osrelease: "6.1.0-25-amd64".
  private static func kernelIsAtLeast(_ major: Int, _ minor: Int) -> Bool {
    let parts = (TextFile.read("/proc/sys/kernel/osrelease") ?? "").split { !$0.isNumber }.prefix(2).compactMap {
      Int($0)
    }
    return parts.count == 2 && (parts[0], parts[1]) >= (major, minor)
  }
}
