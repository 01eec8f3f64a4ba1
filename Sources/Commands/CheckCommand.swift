import Configuration
import Check
import Glibc
import LinuxSystem
import ProtocolKit

/// `quicktun check`: the settings of a run, and all that can be known without one.
enum CheckCommand {
  static let options = [
    CommandOption(
      "--peer", summary: "Also call the peer and wait three seconds for an answer; or watch a tunnel that runs."),
    CommandOption(
      "--interfaces", takes: "[FILE]", summary: "Look at the qt_ stanzas of FILE [/etc/network/interfaces] instead."),
    CommandOption("--json", summary: "Print one document with an object for each finding."),
    .help,
  ]

  private static let help = """
    usage: quicktun check [--json] [--peer] [the settings of a run]
           quicktun check [--json] --interfaces [FILE]

    Looks at settings, keys, device, addresses and kernel. Starts nothing.

    \(CommandOption.list(options))

    Ends with 0 if all is well, with 1 after warnings, with 2 after problems.
    """

  static func run(_ invocation: Invocation, _ protocols: [ProtocolDescription]) -> Int32 {
    var invocation = invocation
    let isJSON = invocation.takeFlag("--json")
    if invocation.arguments.contains(where: { ["-h", "--help"].contains($0.revealed) }) {
      print(help)
      return 0
    }
    let findings =
      invocation.takeFlag("--interfaces")
      ? stanzas(invocation, protocols) : settings(&invocation, protocols)
    if isJSON {
      print(findings.json)
    } else {
      print(findings.text(isColoured: isColoured(invocation)))
    }
    return findings.exitStatus
  }

  private static func settings(_ invocation: inout Invocation, _ protocols: [ProtocolDescription]) -> [Finding] {
    let callsPeer = invocation.takeFlag("--peer")
    let source = RunCommand.source(invocation, protocols)
    var reading = SettingsReader.read(source)
    let unit = UnitDefaults(reading)
    if let unit { reading = SettingsReader.read(unit.source(like: source)) }
    invocation.wipeArguments(reading.secretArguments)
    let environment = invocation.environmentForScripts(without: reading.settings.privateKey)
    let checkup = Checkup(reading, protocols, environment: environment)
    return (unit?.findings(reading.settings, readFile: readFile) ?? []) + checkup.findings()
      + (callsPeer ? checkup.peerFindings() : [])
  }

  private static func stanzas(_ invocation: Invocation, _ protocols: [ProtocolDescription]) -> [Finding] {
    let path = invocation.arguments.first?.revealed ?? "/etc/network/interfaces"
    return InterfacesLint(protocols: protocols, readFile: readFile, names: TextFile.names(in:))
      .findings(path)
  }

  /// https://no-color.org. Of other variables only the name is looked at, for some are secret.
  private static func isColoured(_ invocation: Invocation) -> Bool {
    let refuses = invocation.environment.contains { entry in
      entry.firstIndex(of: 0x3d).map { entry.upTo($0).revealed == "NO_COLOR" && entry.count > $0 + 1 } ?? false
    }
    return !refuses && isatty(STDOUT_FILENO) == 1
  }
}
