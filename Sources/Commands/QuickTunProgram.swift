import Configuration
import Glibc
import LinuxSystem
public import ProtocolKit
import TunnelDaemon

/// The program `quicktun`, with whatever protocols it is given.
public enum QuickTunProgram {
  /// Does what the command line says, and ends the process.
  public static func run(protocols: [ProtocolDescription]) -> Never {
    // Before a secret is read.
    Privileges.forbidDumps()
    SignalSource.ignoreBrokenPipes()
    exit(dispatch(.take(), protocols))
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
struct Subcommand: Sendable {
  let name: String
  let summary: String
  /// Names of the program that mean this subcommand.
  var programNames: [String] = []
  /// Returns the exit status.
  let run: @Sendable (Invocation, [ProtocolDescription]) -> Int32

  /// The table of subcommands.
  static let all: [Subcommand] = [
    Subcommand(name: "run", summary: "Run a tunnel. What happens without a subcommand.", run: RunCommand.run),
    Subcommand(
      name: "keypair", summary: "Make a key pair.", programNames: ["keypair", "quicktun.keypair"],
      run: KeypairCommand.run),
    Subcommand(name: "check", summary: "Find out why a tunnel does not work, or would not.", run: CheckCommand.run),
    Subcommand(
      name: "device", summary: "Make, remove and list persistent tun and tap devices.", run: DeviceCommand.run),
  ]
}

/// The version of this program.
enum Version {
  static let text = "quicktun-swift 0.1.0 (wire-compatible with quicktun 2.2.6)"
}
