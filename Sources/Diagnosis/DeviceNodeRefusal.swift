package import Configuration
import Glibc
package import LinuxSystem
import SystemPackage

/// Why /dev/net/tun cannot be opened, or knows nothing of tunnels.
package enum DeviceNodeRefusal {
  /// `node` is as it is now, nil if nobody looked; `userName` is who asks. Nil if the node is not to blame.
  package static func complaint(_ error: SystemCallError, _ node: DeviceNode?, userName: String) -> Complaint? {
    let what = "\(error)"
    switch error.errno.rawValue {
    case ENOENT:
      return Complaint(
        what, why: "The device node is missing, as in some containers and chroots.",
        cure: "mkdir -p /dev/net && \(Cure.makeDeviceNode)")
    case EACCES where node?.isPermitted == true:
      return Complaint(
        what, why: "Its permissions are right, but its file system is mounted without devices (nodev).",
        cure: "mount -o remount,dev the file system of /dev/net")
    case EACCES:
      return Complaint(
        what, why: "The device node is not open to \(userName).", cure: "\(Cure.openDeviceNode)  # as udev does")
    // A file that is no node of the driver's opens, and knows nothing of tunnels; a directory does not open.
    case ENOTTY, EISDIR: return impostor(node?.kind, what)
    case ENODEV, ENXIO:
      return Complaint(what, why: "The kernel has no tun driver, or it is not loaded.", cure: Cure.loadTunDriver)
    case EPERM where error.call == TunDescriptor.openCall:
      return Complaint(
        what, why: "Opening the device node is forbidden, as in some containers and units.",
        cure: "Allow it there: DeviceAllow=/dev/net/tun rw with systemd, --device /dev/net/tun with containers.")
    default: return nil
    }
  }

  /// Something else stands at /dev/net/tun; nil if the driver's node does, or nothing.
  package static func impostor(
    _ kind: DeviceNode.Kind?, _ what: String = "/dev/net/tun is not the tun driver's"
  ) -> Complaint? {
    let (thing, remove): (String, String)
    switch kind {
    case .driver, nil: return nil
    case .directory: (thing, remove) = ("a directory", "rmdir")
    case .other: (thing, remove) = ("a plain file, or another device", "rm")
    }
    return Complaint(
      what, why: "It is \(thing), not the character device 10:200.",
      cure: "\(remove) /dev/net/tun && \(Cure.makeDeviceNode)")
  }
}
