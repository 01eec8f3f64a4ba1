import CLinux
import Glibc
package import SystemPackage
package import TunnelCore

/// A descriptor of /dev/net/tun that is attached to a device: system calls and nothing else.
package struct TunDescriptor: ~Copyable {
  /// Flags of TUNSETIFF, and of a device's tun_flags in /sys (linux/if_tun.h).
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    package init(_ mode: DeviceMode) { self = mode == .tun ? .tun : .tap }
    package static let tun = Flags(rawValue: UInt16(CLINUX_IFF_TUN))
    package static let tap = Flags(rawValue: UInt16(CLINUX_IFF_TAP))
    package static let noPacketInformation = Flags(rawValue: UInt16(CLINUX_IFF_NO_PI))
    package static let multiQueue = Flags(rawValue: UInt16(CLINUX_IFF_MULTI_QUEUE))
    package static let virtioHeader = Flags(rawValue: UInt16(CLINUX_IFF_VNET_HDR))
    /// Told by the kernel, never asked for: see `setPersistent`.
    package static let persistent = Flags(rawValue: UInt16(CLINUX_IFF_PERSIST))

    package var mode: DeviceMode? {
      switch intersection([.tun, .tap]) {
      case .tun: .tun
      case .tap: .tap
      default: nil
      }
    }
  }

  package static let node = "/dev/net/tun"
  /// The two calls that attach to a device, as their errors name them.
  package static let openCall = "open \(node)"
  package static func attachCall(_ name: String) -> String { "TUNSETIFF \(name)" }

  private let descriptor: OwnedDescriptor
  /// The device's name, as the kernel chose or confirmed it.
  package let name: String
  package var rawValue: Int32 { descriptor.rawValue }

  /// Opens the node and attaches to the device `name`, which is created if there is none. An empty name, or one with
  /// %d in it, lets the kernel choose a number. The name must fit (15 bytes).
  package init(name: String, flags: Flags) throws(SystemCallError) {
    let raw = try named(Self.openCall) { () throws(Errno) in
      try retrying { unsafe open(Self.node, O_RDWR | O_CLOEXEC | O_NONBLOCK) }
    }
    let owned = OwnedDescriptor(adopting: raw)  // closed again if the next call fails
    var request = InterfaceName(name)
    _ = try named(Self.attachCall(name)) { () throws(Errno) in
      try retrying { unsafe request.withPointer { unsafe clinux_tun_attach(raw, $0, flags.rawValue) } }
    }
    self.name = request.text
    descriptor = owned
  }

  /// Reads one packet into a batch's memory. Returns its length, or nil if none waits.
  package func read(into packets: borrowing PacketBatch, at start: Int, capacity: Int) throws(Errno) -> Int? {
    precondition(start + capacity <= packets.byteCapacity)
    let descriptor = descriptor.rawValue
    return try retryingUnlessBlocked { unsafe Glibc.read(descriptor, packets.pointer(at: start), capacity) }
  }

  /// Writes one packet that lies in pieces.
  package func write(_ vectors: borrowing VectorArray) throws(Errno) {
    let descriptor = descriptor.rawValue
    _ = try retrying { unsafe Glibc.writev(descriptor, vectors.baseAddress, Int32(vectors.count)) }
  }

  /// Kinds of unfinished packets that the reader takes (TUNSETOFFLOAD, linux/if_tun.h).
  package struct Offloads: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Checksums left unfinished.
    package static let checksum = Offloads(rawValue: UInt32(CLINUX_TUN_F_CSUM))
    /// TCP super-packets.
    package static let tcp = Offloads(
      rawValue: UInt32(CLINUX_TUN_F_TSO4 | CLINUX_TUN_F_TSO6 | CLINUX_TUN_F_TSO_ECN))
    /// UDP super-packets (Linux 6.2).
    package static let udp = Offloads(rawValue: UInt32(CLINUX_TUN_F_USO4 | CLINUX_TUN_F_USO6))
  }

  package func setOffloads(_ offloads: Offloads) throws(Errno) {
    let descriptor = descriptor.rawValue
    _ = try retrying { clinux_tun_set_offload(descriptor, offloads.rawValue) }
  }

  /// Whether the device stays when the descriptor is closed.
  package func setPersistent(_ isPersistent: Bool) throws(SystemCallError) {
    let descriptor = descriptor.rawValue
    _ = try named("TUNSETPERSIST \(name)") { () throws(Errno) in
      try retrying { clinux_tun_set_persistent(descriptor, isPersistent ? 1 : 0) }
    }
  }

  /// Who may attach without CAP_NET_ADMIN. If both a user and a group are set, both have to match.
  package func setOwner(_ user: UInt32) throws(SystemCallError) {
    let descriptor = descriptor.rawValue
    _ = try named("TUNSETOWNER \(name)") { () throws(Errno) in
      try retrying { clinux_tun_set_owner(descriptor, user) }
    }
  }

  package func setGroup(_ group: UInt32) throws(SystemCallError) {
    let descriptor = descriptor.rawValue
    _ = try named("TUNSETGROUP \(name)") { () throws(Errno) in
      try retrying { clinux_tun_set_group(descriptor, group) }
    }
  }

  /// Writes one packet.
  package func write(_ packets: borrowing PacketBatch, _ index: Int) throws(Errno) {
    let descriptor = descriptor.rawValue
    let start = packets.start(of: index)
    _ = try retrying { unsafe Glibc.write(descriptor, packets.pointer(at: start), packets.length(of: index)) }
  }
}
