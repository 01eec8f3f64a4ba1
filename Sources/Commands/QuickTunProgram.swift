import Configuration
import Glibc
import LinuxSystem
public import ProtocolKit
import SystemPackage

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
