package import Configuration
import Glibc
package import LinuxSystem
import SystemPackage
package import TunnelCore

/// Why the kernel did not let us attach to a device, from its errno and what is known of the device.
///
/// The order in which drivers/net/tun.c checks: kind of interface and mode (EINVAL), then owner (EPERM), then whether it
/// is taken (EBUSY).
package struct DeviceRefusal: Sendable {
  /// "TUNSETIFF qt0: Invalid argument"
  package var words: String
  package var errno: Int32
  /// The device as it was asked for.
  package var name: String
  package var mode: DeviceMode
  /// The device as it is, if it exists.
  package var facts: InterfaceFacts?
  /// Who asks.
  package var user: UInt32
  package var userName: String
  package var ownerName: String?
  /// The interface is there, but not in /sys, whose mount belongs to one network namespace for good.
  package var isHiddenFromSys = false
  /// The device node as it is; nil if nobody looked.
  package var node: DeviceNode?

  /// Looks at the system after the refusal.
  package init(_ error: SystemCallError, name: String, mode: DeviceMode) {
    let facts = InterfaceFacts(lookingUp: name)
    self.init(words: "\(error)", errno: error.errno.rawValue, name: name, mode: mode, facts: facts)
    user = Privileges.effectiveUser
    userName = Privileges.name(ofUser: user)
    ownerName = facts?.owner.map { Privileges.name(ofUser: $0) }
    node = DeviceNode(lookingAt: TunDescriptor.node)
    isHiddenFromSys = facts == nil && (try? NetworkInterface.mtu(of: name)) != nil
  }

  package init(words: String, errno: Int32, name: String, mode: DeviceMode, facts: InterfaceFacts?) {
    self.words = words
    self.errno = errno
    self.name = name
    self.mode = mode
    self.facts = facts
    user = 0
    userName = "root"
  }

  package var complaint: Complaint {
    switch errno {
    case ENOENT:
      Complaint(
        words, why: "The device node is missing, as in some containers and chroots.",
        cure: "mkdir -p /dev/net && mknod /dev/net/tun c 10 200 && chmod 666 /dev/net/tun")
    case EACCES where node?.isPermitted == true:
      Complaint(
        words, why: "Its permissions are right, but its file system is mounted without devices (nodev).",
        cure: "mount -o remount,dev the file system of /dev/net")
    case EACCES:
      Complaint(
        words, why: "The device node is not open to \(userName).", cure: "chmod 666 /dev/net/tun  # as udev does")
    // A file that is no node of the driver's opens, and knows nothing of tunnels; a directory does not open.
    case ENOTTY, EISDIR: Self.impostor(node?.kind, words) ?? Complaint(words)
    case ENODEV, ENXIO:
      Complaint(words, why: "The kernel has no tun driver, or it is not loaded.", cure: "modprobe tun")
    case EINVAL: invalid
    case EBUSY: busy
    case EPERM: notPermitted
    default: Complaint(words)
    }
  }

  /// Something else stands at /dev/net/tun; nil if the driver's node does, or nothing.
  package static func impostor(
    _ kind: DeviceNode.Kind?, _ words: String = "/dev/net/tun is not the tun driver's"
  ) -> Complaint? {
    let (what, remove): (String, String)
    switch kind {
    case .driver, nil: return nil
    case .directory: (what, remove) = ("a directory", "rmdir")
    case .other: (what, remove) = ("a plain file, or another device", "rm")
    }
    return Complaint(
      words, why: "It is \(what), not the character device 10:200.",
      cure: "\(remove) /dev/net/tun && mknod /dev/net/tun c 10 200 && chmod 666 /dev/net/tun")
  }

  private var invalid: Complaint {
    guard let facts else {
      if isHiddenFromSys {
        return Complaint(
          words,
          why: "\(name) exists, perhaps in the other mode; but /sys is another network namespace's and lacks it.",
          cure: "mount -t sysfs sysfs /sys")
      }
      return Complaint(words, why: "The kernel takes no interface of that name.", cure: "Choose another INTERFACE.")
    }
    guard let actual = facts.mode else {
      return Complaint(
        words, why: "\(name) is neither a tun nor a tap device, but another kind of interface.",
        cure: "Choose another INTERFACE.")
    }
    if actual != mode {
      return Complaint(
        words, why: "\(name) exists as \(actual); you asked for \(mode).",
        cure:
          "TUN_MODE=\(actual == .tun ? 1 : 0) takes it as it is; `quicktun device del \(name)` lets it be made anew.")
    }
    if facts.isMultiQueue {
      return Complaint(
        words, why: "\(name) was made with several queues (multi_queue); one is asked for.",
        cure: "quicktun device del \(name)")
    }
    return Complaint(words, why: "\(name) exists as \(actual), as asked for; the kernel minds something else.")
  }

  private var busy: Complaint {
    if let holder = facts?.holder {
      return Complaint(
        words, why: "Process \(holder.process) (\(holder.program)) holds \(name).",
        cure: "kill \(holder.process), or choose another INTERFACE.")
    }
    return Complaint(
      words, why: "Another process holds \(name); only root sees which.", cure: "Choose another INTERFACE.")
  }

  private var notPermitted: Complaint {
    let make = "quicktun device add \(name.isEmpty ? "NAME" : name) --mode \(mode) --user \(userName)"
    if words.hasPrefix("open") {
      return Complaint(
        words, why: "Opening the device node is forbidden, as in some containers and units.",
        cure: "Allow it there: DeviceAllow=/dev/net/tun rw with systemd, --device /dev/net/tun with containers.")
    }
    guard let facts else {
      return Complaint(
        words, why: "You are \(userName), and making a device takes CAP_NET_ADMIN.", cure: "As root: \(make)")
    }
    let owner = ownerName.map { "belongs to \($0)" } ?? "belongs to nobody in particular"
    let group = facts.group.map { ", group \($0)" } ?? ""
    return Complaint(
      words, why: "\(name) \(owner)\(group); you are \(userName), without CAP_NET_ADMIN.",
      cure: "As root: quicktun device del \(name); \(make)")
  }
}
