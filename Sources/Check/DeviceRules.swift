package import Configuration
import Diagnosis
import Glibc
package import LinuxSystem
import SystemPackage
import TunnelCore

extension CheckRules {
  // MARK: Node

  /// /dev/net/tun.
  package static func node(_ node: DeviceNode, hasDriver: Bool, user: String) -> Finding {
    if let impostor = DeviceRefusal.impostor(node.kind) { return Finding("node", .problem, impostor) }
    if node.errno == 0 {
      return hasDriver
        ? Finding("node", .ok, "/dev/net/tun is there, and the tun driver behind it")
        : Finding("node", .problem, "The tun driver is not loaded", cure: "modprobe tun")
    }
    var refusal = DeviceRefusal(
      words: "open /dev/net/tun: \(Errno(rawValue: node.errno))", errno: node.errno, name: "", kind: .tun, facts: nil)
    refusal.userName = user
    refusal.node = node
    return Finding("node", .problem, refusal.complaint)
  }

  // MARK: Device

  /// Who runs the tunnel.
  package struct Caller: Sendable {
    package var user: UInt32
    package var name: String
    package var groups: [UInt32]
    package var hasNetAdmin: Bool

    package init(user: UInt32, name: String, groups: [UInt32], hasNetAdmin: Bool) {
      (self.user, self.name, self.groups, self.hasNetAdmin) = (user, name, groups, hasNetAdmin)
    }

    /// drivers/net/tun.c, tun_not_capable(): with both an owner and a group, both have to match.
    func mayAttach(to facts: InterfaceFacts) -> Bool {
      let isOwner = facts.owner.map { $0 == user } ?? true
      let isMember = facts.group.map { groups.contains($0) } ?? true
      return hasNetAdmin || isOwner && isMember
    }
  }

  /// A device that a tunnel asks for.
  package struct AskedDevice: Sendable {
    /// Empty for the kernel's choice.
    package var name: String
    package var kind: InterfaceFacts.Kind
    /// It is there, but not in /sys, whose mount belongs to another network namespace.
    package var isHiddenFromSys = false
    package var ownerName: String?
    /// LOCAL_PORT.
    package var port: UInt16

    package init(name: String, kind: InterfaceFacts.Kind, ownerName: String? = nil, port: UInt16 = 2998) {
      (self.name, self.kind, self.ownerName, self.port) = (name, kind, ownerName, port)
    }
  }

  /// The device that the settings name, as it is now.
  package static func device(
    _ asked: AskedDevice, _ facts: InterfaceFacts?, _ caller: Caller, _ running: RunningTunnel
  ) -> [Finding] {
    let name = asked.name
    func refusal(_ errno: Int32, _ words: String) -> Finding {
      var refusal = DeviceRefusal(words: words, errno: errno, name: name, kind: asked.kind, facts: facts)
      (refusal.user, refusal.userName, refusal.ownerName) = (caller.user, caller.name, asked.ownerName)
      refusal.isHiddenFromSys = asked.isHiddenFromSys
      return Finding("device", .problem, refusal.complaint)
    }
    guard let facts else {
      if asked.isHiddenFromSys { return [refusal(EINVAL, "\(name) is there, and /sys tells nothing of it")] }
      if caller.hasNetAdmin {
        return [Finding("device", .ok, "\(name.isEmpty ? "A device" : name) (\(asked.kind)) will be made at the start")]
      }
      return [refusal(EPERM, "\(name.isEmpty ? "The device" : name) does not exist")]
    }
    if facts.kind != asked.kind || facts.isMultiQueue { return [refusal(EINVAL, "\(name) does not fit")] }
    if !caller.mayAttach(to: facts) { return [refusal(EPERM, "\(name) is another user's")] }
    if facts.holder != nil && running == .none || running == .unseenElsewhere {
      return [refusal(EBUSY, "\(name) is in use")]
    }
    let owner = asked.ownerName.map { ", owner \($0)" } ?? ""
    let waits = facts.isUp && !facts.hasCarrier ? ", no carrier until a program attaches" : ""
    let state = (facts.isUp ? "up" : "down") + waits
    return [Finding("device", .ok, "\(name) exists as \(asked.kind)\(owner), \(state), MTU \(facts.mtu)")]
      + runs(running, asked, caller)
  }

  // MARK: The tunnel on it

  private static func runs(_ running: RunningTunnel, _ asked: AskedDevice, _ caller: Caller) -> [Finding] {
    switch running {
    case .none, .unseenElsewhere: []
    case .this(let holder, _): [Finding("device", .ok, "A tunnel runs on it: process \(holder.process)")]
    case .another(let holder, let ports): [another(holder, ports, asked)]
    case .unseen(let socket): [seemsToRun(socket, caller)]
    case .unseenOnAnyPort:
      [
        Finding(
          "device", .warning, "A program is attached to \(asked.name), perhaps this tunnel",
          why: "LOCAL_PORT is 0, and only root sees which program it is.", cure: "As root, check knows.")
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
      why: "Only root sees whether that is one process.", cure: "As root, check knows.")
  }

  private static func another(_ holder: InterfaceFacts.Holder, _ ports: [UInt16], _ asked: AskedDevice) -> Finding {
    let listens =
      ports.isEmpty
      ? "has no UDP port here"
      : "has UDP port \(ports.map(String.init).joined(separator: ", "))"
    let wanted =
      ports.contains(asked.port) ? "\(asked.port) at LOCAL_ADDRESS" : asked.port == 0 ? "one" : "\(asked.port)"
    return Finding(
      "device", .problem,
      "Process \(holder.process) (\(holder.program)) holds \(asked.name) and \(listens), not \(wanted)",
      why: "It is another tunnel, or this one with other settings.",
      cure: "kill \(holder.process), or choose another INTERFACE; or set LOCAL_PORT as it has it.")
  }

  /// What a tunnel that runs cannot do without.
  package static func inUse(_ facts: InterfaceFacts, _ use: InterfaceUse) -> [Finding] {
    if !facts.isUp {
      let trouble = EndTrouble.device(facts.name, EIO, "")
      return [Finding("device", .problem, "\(facts.name) is down", why: trouble.why, cure: trouble.cure)]
    }
    if use.hasAddress || use.isPort || use.hasRoute { return [] }
    return [
      Finding(
        "device", .warning, "\(facts.name) has no address, no route, and is in no bridge",
        why: "Nothing on this host sends into the tunnel.", cure: "ip address add ADDRESS/LENGTH dev \(facts.name)")
    ]
  }

  // MARK: MTU

  /// The device's MTU beside the largest that crosses the path in one piece. `actual` is nil while there is no device.
  package static func mtu(
    _ name: String, actual: Int?, setting: TunnelSettings.MTU?, best: Int, isRunning: Bool
  ) -> [Finding] {
    if case .bytes(let wanted) = setting, wanted > best {
      return [tooLarge("MTU=\(wanted) is too much for the path", best, cure: "MTU=auto, or MTU=\(best), on both sides")]
    }
    // What the start is going to change does not matter before.
    guard let actual, setting == nil || isRunning else { return [] }
    if actual <= best {
      return [Finding("mtu", .ok, "\(actual) bytes cross the path in one piece; at most \(best) would")]
    }
    return [
      tooLarge("\(name) has MTU \(actual)", best, cure: "MTU=auto, or: ip link set \(name) mtu \(best)")
    ]
  }

  private static func tooLarge(_ what: String, _ best: Int, cure: String) -> Finding {
    Finding(
      "mtu", .warning, "\(what); at most \(best) bytes cross the path in one piece",
      why: "Longer packets travel in fragments, or are lost where fragments are.", cure: cure)
  }
}
