package import Configuration
import Glibc
package import SystemPackage

/// What the kernel minds about packets that a running tunnel writes to its device.
package enum DeviceTrouble {
  package static func writing(to name: String, _ errno: Errno) -> Complaint {
    let what = "write \(name): \(errno)"
    switch errno.rawValue {
    case EIO: return Complaint(what, why: "\(name) is down: what arrives is dropped.", cure: "ip link set \(name) up")
    case EINVAL:
      return Complaint(
        what, why: "What arrives is no packet for this device: the peers differ in TUN_MODE or USE_PI.",
        cure: Cure.setAlike("TUN_MODE and USE_PI"))
    default: return Complaint(what)
    }
  }
}
