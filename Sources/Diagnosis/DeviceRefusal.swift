package import Configuration
import Glibc
package import LinuxSystem
import SystemPackage
package import TunnelCore

/// Why the kernel does not let us attach to a device, from its errno and what is known of the device.
///
/// The order in which drivers/net/tun.c checks: kind of interface and mode (EINVAL), then owner (EPERM), then whether it
/// is taken (EBUSY).
package struct DeviceRefusal: Sendable {
  /// What was refused; for whoever only looks, what would be.
  private let error: SystemCallError
  /// The device as it was asked for.
  private let name: String
  private let mode: DeviceMode
  /// The device as it is.
  private let device: InterfaceLookup
  /// Who asks.
  private let userName: String
  /// The device node as it is; nil if nobody looked.
  private let node: DeviceNode?

  /// Looks at the system after the refusal.
  package init(_ error: SystemCallError, name: String, mode: DeviceMode) {
    self.init(
      error, name: name, mode: mode, InterfaceLookup(name),
      userName: Privileges.name(ofUser: Privileges.effectiveUser), DeviceNode(lookingAt: TunDescriptor.node))
  }

  package init(
    _ error: SystemCallError, name: String, mode: DeviceMode, _ device: InterfaceLookup, userName: String,
    _ node: DeviceNode? = nil
  ) {
    self.error = error
    self.name = name
    self.mode = mode
    self.device = device
    self.userName = userName
    self.node = node
  }

  package var complaint: Complaint {
    if let complaint = DeviceNodeRefusal.complaint(error, node, userName: userName) { return complaint }
    switch error.errno.rawValue {
    case EINVAL: return invalid
    case EBUSY: return busy
    case EPERM: return notPermitted
    default: return Complaint(what)
    }
  }

  private var what: String { "\(error)" }

  // MARK: EINVAL

  private var invalid: Complaint {
    switch device {
    case .missing:
      Complaint(what, why: "The kernel takes no interface of that name.", cure: Cure.chooseAnotherInterface)
    case .hiddenFromSys:
      Complaint(
        what, why: "\(name) exists, perhaps in the other mode; but /sys is another network namespace's and lacks it.",
        cure: "mount -t sysfs sysfs /sys")
    case .found(let facts): unfit(facts)
    }
  }

  private func unfit(_ facts: InterfaceFacts) -> Complaint {
    guard let actual = facts.mode else {
      return Complaint(
        what, why: "\(name) is neither a tun nor a tap device, but another kind of interface.",
        cure: Cure.chooseAnotherInterface)
    }
    if actual != mode {
      return Complaint(
        what, why: "\(name) exists as \(actual); you asked for \(mode).",
        cure:
          "TUN_MODE=\(actual == .tun ? 1 : 0) takes it as it is; `\(Cure.removeDevice(name))` lets it be made anew.")
    }
    if facts.isMultiQueue {
      return Complaint(
        what, why: "\(name) was made with several queues (multi_queue); one is asked for.",
        cure: Cure.removeDevice(name))
    }
    return Complaint(what, why: "\(name) exists as \(actual), as asked for; the kernel minds something else.")
  }

  // MARK: EBUSY

  private var busy: Complaint {
    if let holder = device.facts?.holder {
      return Complaint(
        what, why: "Process \(holder.process) (\(holder.program)) holds \(name).",
        cure: Cure.endHolder(holder.process) + ".")
    }
    return Complaint(
      what, why: "Another process holds \(name); only root sees which.", cure: Cure.chooseAnotherInterface)
  }

  // MARK: EPERM

  private var notPermitted: Complaint {
    let make = "quicktun device add \(name.isEmpty ? "NAME" : name) --mode \(mode) --user \(userName)"
    guard let facts = device.facts else {
      return Complaint(
        what, why: "You are \(userName), and making a device takes CAP_NET_ADMIN.", cure: "As root: \(make)")
    }
    let owner = facts.ownerName.map { "belongs to \($0)" } ?? "belongs to nobody in particular"
    let group = facts.group.map { ", group \($0)" } ?? ""
    return Complaint(
      what, why: "\(name) \(owner)\(group); you are \(userName), without CAP_NET_ADMIN.",
      cure: "As root: \(Cure.removeDevice(name)); \(make)")
  }
}
