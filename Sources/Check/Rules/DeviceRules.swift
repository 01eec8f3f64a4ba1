import Configuration
import Diagnosis
package import LinuxSystem
import SystemPackage
package import TunnelCore

extension CheckRules {
  /// A device that a tunnel wants.
  package struct WantedDevice: Sendable {
    /// Empty for the kernel's choice.
    package var name: String
    package var mode: DeviceMode
    /// LOCAL_PORT.
    package var port: UInt16

    package init(name: String, mode: DeviceMode, port: UInt16) {
      (self.name, self.mode, self.port) = (name, mode, port)
    }
  }

  /// The device that the settings name, as it is now.
  package static func device(
    _ wanted: WantedDevice, _ device: InterfaceLookup, _ caller: Caller, _ running: RunningTunnel
  ) -> [Finding] {
    switch device {
    case .missing: [missing(wanted, caller)]
    case .hiddenFromSys:
      [refusal(.invalidArgument, "\(wanted.name) is there, and /sys tells nothing of it", wanted, device, caller)]
    case .found(let facts):
      if let (errno, fact) = hindrance(wanted, facts, caller, running) {
        [refusal(errno, fact, wanted, device, caller)]
      } else {
        [ready(wanted, facts)] + runs(running, wanted, caller)
      }
    }
  }

  private static func missing(_ wanted: WantedDevice, _ caller: Caller) -> Finding {
    if caller.hasNetAdmin {
      let name = wanted.name.isEmpty ? "A device" : wanted.name
      return Finding("device", .ok, "\(name) (\(wanted.mode)) will be made at the start")
    }
    let name = wanted.name.isEmpty ? "The device" : wanted.name
    return refusal(.notPermitted, "\(name) does not exist", wanted, .missing, caller)
  }

  /// What the kernel would say to an attempt to attach, and what that is here. In the order in which it checks, see
  /// `DeviceRefusal`.
  private static func hindrance(
    _ wanted: WantedDevice, _ facts: InterfaceFacts, _ caller: Caller, _ running: RunningTunnel
  ) -> (Errno, String)? {
    if facts.mode != wanted.mode || facts.isMultiQueue { return (.invalidArgument, "\(wanted.name) does not fit") }
    if !caller.mayAttach(to: facts) { return (.notPermitted, "\(wanted.name) is another user's") }
    if facts.holder != nil && running == .none || running == .unseenElsewhere {
      return (.resourceBusy, "\(wanted.name) is in use")
    }
    return nil
  }

  /// `fact`, and why and what then as the start would tell it.
  private static func refusal(
    _ errno: Errno, _ fact: String, _ wanted: WantedDevice, _ device: InterfaceLookup, _ caller: Caller
  ) -> Finding {
    let error = SystemCallError(TunDescriptor.attachCall(wanted.name), errno)
    let complaint = DeviceRefusal(error, name: wanted.name, mode: wanted.mode, device, userName: caller.name).complaint
    return Finding("device", .problem, fact, why: complaint.why, cure: complaint.cure)
  }

  private static func ready(_ wanted: WantedDevice, _ facts: InterfaceFacts) -> Finding {
    let owner = facts.ownerName.map { ", owner \($0)" } ?? ""
    let waits = facts.isUp && !facts.hasCarrier ? ", no carrier until a program attaches" : ""
    let state = (facts.isUp ? "up" : "down") + waits
    return Finding("device", .ok, "\(wanted.name) exists as \(wanted.mode)\(owner), \(state), MTU \(facts.mtu)")
  }

  // MARK: The tunnel on it

  private static func runs(_ running: RunningTunnel, _ wanted: WantedDevice, _ caller: Caller) -> [Finding] {
    switch running {
    case .none, .unseenElsewhere: []
    case .this(let holder, _): [Finding("device", .ok, "A tunnel runs on it: process \(holder.process)")]
    case .another(let holder, let ports): [another(holder, ports, wanted)]
    case .unseen(let socket): [seemsToRun(socket, caller)]
    case .unseenOnAnyPort:
      [
        Finding(
          "device", .warning, "A program is attached to \(wanted.name), perhaps this tunnel",
          why: "LOCAL_PORT is 0, and only root sees which program it is.", cure: Cure.checkAsRoot)
      ]
    }
  }

  /// The caller's own socket beside his own device leaves little doubt.
  private static func seemsToRun(_ socket: UDPSocketFacts, _ caller: Caller) -> Finding {
    let isOwn = socket.user == caller.user
    let owner = isOwn ? caller.name : "user \(socket.user)"
    return Finding(
      "device", isOwn ? .ok : .warning,
      "A program is attached to it, and \(owner) has UDP port \(socket.local.port): it seems to run",
      why: "Only root sees whether that is one process.", cure: Cure.checkAsRoot)
  }

  private static func another(_ holder: InterfaceFacts.Holder, _ ports: [UInt16], _ wanted: WantedDevice) -> Finding {
    let listens =
      ports.isEmpty
      ? "has no UDP port here"
      : "has UDP port \(ports.map(String.init).joined(separator: ", "))"
    let expected =
      ports.contains(wanted.port) ? "\(wanted.port) at LOCAL_ADDRESS" : wanted.port == 0 ? "one" : "\(wanted.port)"
    return Finding(
      "device", .problem,
      "Process \(holder.process) (\(holder.program)) holds \(wanted.name) and \(listens), not \(expected)",
      why: "It is another tunnel, or this one with other settings.",
      cure: "\(Cure.endHolder(holder.process)); or set LOCAL_PORT as it has it.")
  }

  /// What a tunnel that runs cannot do without.
  package static func inUse(_ facts: InterfaceFacts, _ use: InterfaceUse) -> [Finding] {
    if !facts.isUp {
      let trouble = DeviceTrouble.writing(to: facts.name, .ioError)
      return [Finding("device", .problem, "\(facts.name) is down", why: trouble.why, cure: trouble.cure)]
    }
    if use.hasAddress || use.isPort || use.hasRoute { return [] }
    return [
      Finding(
        "device", .warning, "\(facts.name) has no address, no route, and is in no bridge",
        why: "Nothing on this host sends into the tunnel.", cure: "ip address add ADDRESS/LENGTH dev \(facts.name)")
    ]
  }
}
