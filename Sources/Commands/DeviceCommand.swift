import Configuration
import Diagnosis
import LinuxSystem
import ProtocolKit
import TunnelCore

/// `quicktun device`: persistent tun and tap devices, without any other program.
enum DeviceCommand {
  static let actions = [
    CommandAction("add", operand: "NAME", "Make a device.", options: attributes),
    CommandAction("del", operand: "NAME", "Remove a device."),
    CommandAction("list", "Show all tun and tap devices, whose they are, and which process holds them."),
  ]

  private static let seeHelp = "quicktun device --help"
  private static let usualMode = TunnelSettings().mode

  private static let attributes = [
    CommandOption(
      "--mode", takes: "tun|tap",
      summary: "tun for IP packets, tap for Ethernet frames [\(usualMode), as TUN_MODE=\(usualMode == .tun ? 1 : 0)]."),
    CommandOption("--user", takes: "USER", summary: "Who may attach to it [the caller, also through sudo]."),
    CommandOption("--group", takes: "GROUP", summary: "Whose members may attach; with both, both have to match."),
  ]

  private static let help = """
    usage: quicktun device add NAME [--mode tun|tap] [--user USER] [--group GROUP]
           quicktun device del NAME
           quicktun device list

    Makes, removes and shows tun and tap devices that stay without a program.

    \(CommandOption.list(attributes))
    """

  static func run(_ invocation: Invocation, _ protocols: [ProtocolDescription]) -> Int32 {
    let words = invocation.arguments.map { $0.revealed ?? "" }
    do throws(Complaint) {
      switch words.first {
      case "add": try add(Array(words.dropFirst()))
      case "del": try delete(Array(words.dropFirst()))
      case "list" where words.count == 1: DeviceList.show()
      case "-h", "--help": print(help)
      default:
        throw Complaint(
          words.isEmpty ? "quicktun device: what?" : "quicktun device \(words[0]): not understood",
          why: "There are: add NAME, del NAME, list.", cure: seeHelp)
      }
      return 0
    } catch {
      StandardError.write("error: \(error)")
      return 1
    }
  }

  // MARK: add

  private struct WantedDevice {
    var name = ""
    var mode = usualMode
    var user: UInt32?
    var group: UInt32?
  }

  private static func add(_ words: [String]) throws(Complaint) {
    let wanted = try parse(words)
    if let existing = InterfaceFacts(lookingUp: wanted.name) {
      if let difference = difference(existing, wanted) {
        throw Complaint(
          "\(wanted.name) exists already, but \(difference)",
          why: "A device's attributes are set when it is made.",
          cure: "\(Cure.removeDevice(wanted.name))  # then add it again")
      }
      return print("\(wanted.name) exists already, as asked for")
    }
    do throws(SystemCallError) {
      let flags = TunDescriptor.Flags(wanted.mode).union(.noPacketInformation)
      let descriptor = try TunDescriptor(name: wanted.name, flags: flags)
      if let user = wanted.user { try descriptor.setOwner(user) }
      if let group = wanted.group { try descriptor.setGroup(group) }
      try descriptor.setPersistent(true)
    } catch {
      throw DeviceRefusal(error, name: wanted.name, mode: wanted.mode).complaint
    }
  }

  private static func parse(_ words: [String]) throws(Complaint) -> WantedDevice {
    var wanted = WantedDevice()
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--mode":
        guard let mode = rest.popFirst().flatMap(DeviceMode.init(rawValue:)) else {
          throw Complaint("--mode: not accepted", why: "Accepted: tun or tap.")
        }
        wanted.mode = mode
      case "--user":
        let name = rest.popFirst() ?? ""
        guard let user = Privileges.user(named: name)?.uid ?? UInt32(name) else {
          throw Complaint("--user \(name): no such user", cure: "getent passwd")
        }
        wanted.user = user
      case "--group":
        let name = rest.popFirst() ?? ""
        guard let group = Privileges.group(named: name) ?? UInt32(name) else {
          throw Complaint("--group \(name): no such group", cure: "getent group")
        }
        wanted.group = group
      default:
        guard wanted.name.isEmpty, !word.hasPrefix("-") else {
          throw Complaint("quicktun device add: \(word): not understood", cure: seeHelp)
        }
        wanted.name = try name(word)
      }
    }
    if wanted.name.isEmpty { throw Complaint("quicktun device add: a name is needed", cure: seeHelp) }
    // A device without an owner could be taken by anybody.
    wanted.user = wanted.user ?? (wanted.group == nil ? Privileges.caller : nil)
    return wanted
  }

  private static func name(_ word: String) throws(Complaint) -> String {
    if let problem = InterfaceNameRule.problem(with: word) {
      throw Complaint("\(word): not accepted", why: problem)
    }
    return word
  }

  /// In what an existing device is not what is asked for.
  private static func difference(_ existing: InterfaceFacts, _ wanted: WantedDevice) -> String? {
    guard let mode = existing.mode else { return "it is neither a tun nor a tap device" }
    if mode != wanted.mode { return "it is a \(mode) device; \(wanted.mode) is asked for" }
    if !existing.isPersistent { return "it goes when the program that holds it ends" }
    if existing.owner != wanted.user {
      return "its owner is \(user(existing.owner)); \(user(wanted.user)) is asked for"
    }
    if existing.group != wanted.group {
      return "its group is \(group(existing.group)); \(group(wanted.group)) is asked for"
    }
    return nil
  }

  private static func user(_ uid: UInt32?) -> String { uid.map(Privileges.name(ofUser:)) ?? "nobody" }
  private static func group(_ gid: UInt32?) -> String { gid.map(Privileges.name(ofGroup:)) ?? "none" }

  // MARK: del

  private static func delete(_ words: [String]) throws(Complaint) {
    guard words.count == 1 else {
      throw Complaint("quicktun device del: one name is needed", cure: seeHelp)
    }
    let name = try name(words[0])
    guard let facts = InterfaceFacts(lookingUp: name) else {
      throw Complaint("\(name): no such device", cure: "quicktun device list")
    }
    guard let mode = facts.mode else {
      throw Complaint("\(name) is neither a tun nor a tap device", why: "Only those are removed here.")
    }
    do throws(SystemCallError) {
      var flags = TunDescriptor.Flags(mode)
      if facts.isMultiQueue { flags.insert(.multiQueue) }
      try TunDescriptor(name: name, flags: flags.union(.noPacketInformation)).setPersistent(false)
    } catch {
      throw DeviceRefusal(error, name: name, mode: mode).complaint
    }
  }
}
