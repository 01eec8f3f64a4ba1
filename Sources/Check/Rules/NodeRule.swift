import Configuration
import Diagnosis
package import LinuxSystem
import SystemPackage

extension CheckRules {
  /// /dev/net/tun. `user` is the name of the user who would open it.
  package static func node(_ node: DeviceNode, hasDriver: Bool, user: String) -> Finding {
    if let impostor = DeviceNodeRefusal.impostor(node.kind) { return Finding("node", .problem, impostor) }
    if node.errno != 0 {
      let error = SystemCallError(TunDescriptor.openCall, Errno(rawValue: node.errno))
      let complaint = DeviceNodeRefusal.complaint(error, node, userName: user) ?? Complaint("\(error)")
      return Finding("node", .problem, complaint)
    }
    return hasDriver
      ? Finding("node", .ok, "/dev/net/tun is there, and the tun driver behind it")
      : Finding("node", .problem, "The tun driver is not loaded", cure: Cure.loadTunDriver)
  }
}
