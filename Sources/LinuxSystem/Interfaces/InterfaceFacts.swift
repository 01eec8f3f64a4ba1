package import TunnelCore

/// What the system tells of a network interface (Documentation/ABI/testing/sysfs-class-net, drivers/net/tun.c).
package struct InterfaceFacts: Sendable, Equatable {
  /// Who has a device open.
  package struct Holder: Sendable, Equatable {
    package var process: Int32
    /// The program's name.
    package var program: String
    /// The inodes of its sockets.
    package var sockets: Set<UInt64>

    package init(process: Int32, program: String, sockets: Set<UInt64> = []) {
      self.process = process
      self.program = program
      self.sockets = sockets
    }
  }

  package var name: String
  /// Nil if it is neither a tun nor a tap device, but a card, a bridge, lo.
  package var mode: DeviceMode?
  package var isMultiQueue = false
  package var isPersistent = false
  /// Who may attach without CAP_NET_ADMIN. Nil for both: anybody.
  package var owner: UInt32?
  package var ownerName: String?
  package var group: UInt32?
  package var holder: Holder?
  package var isUp = false
  package var hasCarrier = false
  /// Bytes.
  package var mtu = 0

  /// Whether a program has it open; nil where that cannot be seen. A device that does not stay is there only for as long
  /// as one has; of one that stays the carrier tells, which cannot be read while the device is down.
  package var isAttached: Bool?

  package init(name: String, mode: DeviceMode?) {
    self.name = name
    self.mode = mode
  }

  /// Looks `name` up in this network namespace; nil if there is no such interface.
  package init?(lookingUp name: String) {
    let path = "/sys/class/net/\(name)"
    guard !name.isEmpty, !name.contains("/"), let mtu = TextFile.read(path + "/mtu").flatMap({ Int($0) }) else {
      return nil
    }
    let flags = TunDescriptor.Flags(
      rawValue: Self.hexadecimal(path + "/tun_flags").map { UInt16(truncatingIfNeeded: $0) } ?? 0)
    self.init(name: name, mode: flags.mode)
    isMultiQueue = flags.contains(.multiQueue)
    isPersistent = flags.contains(.persistent)
    owner = TextFile.read(path + "/owner").flatMap { UInt32($0) }  // -1 for none
    ownerName = owner.map { Privileges.name(ofUser: $0) }
    group = TextFile.read(path + "/group").flatMap { UInt32($0) }
    isUp = (Self.hexadecimal(path + "/flags") ?? 0) & 1 != 0  // IFF_UP
    let carrier = TextFile.read(path + "/carrier")
    hasCarrier = carrier == "1"
    self.mtu = mtu
    guard mode != nil else { return }
    holder = Self.holder(of: name)
    isAttached = holder != nil || !isPersistent ? true : carrier.map { $0 == "1" }
  }

  /// All interfaces of this network namespace that are tun or tap devices, by name.
  package static func allTunAndTap() -> [InterfaceFacts] {
    TextFile.names(in: "/sys/class/net").sorted().compactMap { InterfaceFacts(lookingUp: $0) }
      .filter { $0.mode != nil }
  }

  private static func hexadecimal(_ path: String) -> UInt32? {
    TextFile.read(path).flatMap { UInt32($0.hasPrefix("0x") ? String($0.dropFirst(2)) : $0, radix: 16) }
  }

  /// The process that has the device of that name open: /proc/PID/fdinfo has a line "iff:" for each descriptor of
  /// /dev/net/tun. Nil if there is none, or none that we may look into.
  package static func holder(of name: String) -> Holder? {
    let namespace = TextFile.link("/proc/self/ns/net")
    for process in TextFile.names(in: "/proc").compactMap({ Int32($0) }) {
      let directory = "/proc/\(process)"
      for descriptor in TextFile.names(in: directory + "/fd")
      where TextFile.link("\(directory)/fd/\(descriptor)") == TunDescriptor.node {
        let lines = TextFile.read("\(directory)/fdinfo/\(descriptor)")?.split(separator: "\n") ?? []
        guard lines.contains(where: { $0.hasPrefix("iff:") && $0.split(separator: "\t").last == Substring(name) })
        else { continue }
        // The same name in another network namespace is another device.
        guard TextFile.link(directory + "/ns/net") == namespace else { continue }
        return Holder(
          process: process, program: TextFile.read(directory + "/comm") ?? "?", sockets: sockets(of: directory))
      }
    }
    return nil
  }

  /// What descriptors of a process that are sockets point to: "socket:[12345]".
  private static func sockets(of directory: String) -> Set<UInt64> {
    Set(
      TextFile.names(in: directory + "/fd").compactMap { descriptor in
        TextFile.link("\(directory)/fd/\(descriptor)")
          .flatMap { $0.hasPrefix("socket:[") ? UInt64($0.dropFirst(8).dropLast()) : nil }
      })
  }
}
