import Configuration
import Glibc
import LinuxSystem
public import ProtocolKit
import SystemPackage
import TunnelDaemon

/// The program `quicktun`, with whatever protocols it is given.
public enum QuickTunProgram {
  /// Does what the command line says, and ends the process.
  public static func run(protocols: [ProtocolDescription]) -> Never {
    StandardDescriptors.occupy()
    // Before a secret is read.
    Privileges.forbidDumps()
    MemoryLocks.raiseLimit()
    SignalSource.start()
    let status = dispatch(.take(SettingsTable(protocols)), protocols)
    do throws(Errno) {
      try StandardOutput.finish()
      exit(status)
    } catch {
      StandardError.write("error: standard output: \(error)")
      exit(status == 0 ? 1 : status)
    }
  }

  private static func dispatch(_ invocation: Invocation, _ protocols: [ProtocolDescription]) -> Int32 {
    var invocation = invocation
    if let called = Subcommand.all.first(where: { $0.programNames.contains(invocation.programName) }) {
      return called.run(invocation, protocols)
    }
    if let word = invocation.arguments.first?.revealed, let named = Subcommand.all.first(where: { $0.name == word }) {
      invocation.dropSubcommand()
      return named.run(invocation, protocols)
    }
    return RunCommand.run(invocation, protocols)
  }
}

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

/// The version of this program.
package enum Version {
  /// Name and number.
  package static let name = "quicktun-swift 0.1.0"
  static let text = "\(name) (wire-compatible with quicktun 2.2.6)"
}
