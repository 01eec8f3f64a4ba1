import ProtocolKit

/// One word that may follow `quicktun`.
package struct Subcommand: Sendable {
  package let name: String
  package let summary: String
  /// Names of the program that mean this subcommand.
  package private(set) var programNames: [String] = []
  /// Whether the settings of a run are options of this subcommand too.
  package private(set) var takesSettings = false
  package private(set) var options: [CommandOption] = []
  /// Words that may follow this one.
  package private(set) var actions: [CommandAction] = []
  /// Returns the exit status.
  let run: @Sendable (Invocation, [ProtocolDescription]) -> Int32

  /// The table of subcommands.
  package static let all: [Subcommand] = [
    Subcommand(
      name: "run", summary: "Run a tunnel. What happens without a subcommand.", takesSettings: true,
      options: RunCommand.options, run: RunCommand.run),
    Subcommand(
      name: "keypair", summary: "Make a key pair.", programNames: ["keypair", "quicktun.keypair"],
      options: KeypairCommand.options, run: KeypairCommand.run),
    Subcommand(
      name: "check", summary: "Find out why a tunnel does not work, or would not.", takesSettings: true,
      options: CheckCommand.options, run: CheckCommand.run),
    Subcommand(
      name: "device", summary: "Make, remove and list persistent tun and tap devices.", options: [.help],
      actions: DeviceCommand.actions, run: DeviceCommand.run),
  ]

  /// Where settings come from, besides options of their own.
  package static var settingSources: [CommandOption] { RunCommand.sources }
}
