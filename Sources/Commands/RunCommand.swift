import Configuration
import LinuxSystem
import Logging
import ProtocolKit
import Sodium
import TunnelDaemon

/// `quicktun`, `quicktun run`: one tunnel, in the foreground.
enum RunCommand {
  /// Where settings come from, besides options of their own.
  static let sources = [
    CommandOption("-c", takes: "NAME VALUE", summary: "Set NAME, as quicktun 2.2.6 has it."),
    CommandOption("--config", takes: "FILE", summary: "Read settings from FILE."),
  ]
  static let options: [CommandOption] = [.help, .version]

  static func run(_ invocation: Invocation, _ protocols: [ProtocolDescription]) -> Int32 {
    SignalSource.endAtOnce()
    let reading = SettingsReader.read(source(invocation, protocols))
    invocation.wipeArguments(reading.secretArguments)
    switch reading.request {
    case .help:
      print(help(protocols))
      return 0
    case .version:
      print(Version.text)
      return 0
    case .run:
      return run(reading, invocation, protocols)
    }
  }

  static func source(_ invocation: Invocation, _ protocols: [ProtocolDescription]) -> SettingsReader.Source {
    .init(
      arguments: invocation.arguments, environment: invocation.environment, protocols: protocols,
      readFile: readFile)
  }

  private static func run(
    _ reading: SettingsReader.Reading, _ invocation: Invocation, _ protocols: [ProtocolDescription]
  ) -> Int32 {
    SignalSource.surviveWrites()
    let settings = reading.settings
    let environment = invocation.environmentForScripts(without: settings.privateKey)
    let output = LogOutput(
      syslogName: settings.logTarget == .syslog ? settings.interface.map { "quicktun.\($0)" } ?? "quicktun" : nil,
      environment: environment)
    let publicKeys = [settings.privateKey?.publicKey, settings.peerKey].compactMap { $0 }
    let log = Logger(label: "quicktun") { _ in
      TunnelLog(output, logLevel: settings.logLevel.loggerLevel, publicKeys: publicKeys)
    }
    if let problem = output.syslogProblem { warn(of: problem, settings, log) }
    for warning in reading.warnings { log.warning("\(warning)") }
    for complaint in reading.complaints { log.error("\(complaint)") }
    let chosen = protocols.named(settings.protocolName)
    let supervision = Supervision(ServiceManager(environment: environment), output)
    guard reading.complaints.isEmpty, let chosen else {
      supervision.hasFailed(reading.complaints.first?.what ?? "no protocol")
      return ExitStatus.wrongSettings
    }
    do {
      let signal = try Daemon(settings, chosen, all: protocols, log: log, supervision: supervision)
        .run(environment: ServiceManager.withoutVariables(environment))
      return SignalSource.status(endingBy: signal)
    } catch {
      log.error("\(error)")
      supervision.hasFailed("\(error)".split(separator: "\n").first.map { redacted(String($0)) } ?? "")
      return ExitStatus.failed
    }
  }

  private static func warn(of problem: String, _ settings: TunnelSettings, _ log: Logger) {
    let complaint = Complaint(
      "\(settings.spelled("LOG_TO")): \(problem)", why: "Until a syslog listens there, lines go to standard error.",
      cure: Cure.startSyslog)
    log.warning("\(complaint)")
  }

  private static func help(_ protocols: [ProtocolDescription]) -> String {
    """
    quicktun: an encrypted tunnel between two hosts

    usage: quicktun [-c NAME VALUE | --name VALUE]... [--config FILE]
           quicktun SUBCOMMAND ...

    Settings come from the command line, from IF_QT_NAME in the environment (which
    is qt_name in /etc/network/interfaces), from a file of NAME=value lines, or, if
    none of these gives any, from NAME in the environment.

    Subcommands:
    \(Subcommand.all.map { "  \($0.name)\n        \($0.summary)" }.joined(separator: "\n"))

    Protocols:
    \(protocols.map { "  \($0.name)\n        \($0.summary)" }.joined(separator: "\n"))

    Settings (and what holds where they are not given):
    \(Help.settings(SettingsTable(protocols)))

    Options:
    \(CommandOption.list(sources + options))
    """
  }
}

extension TunnelSettings.LogLevel {
  fileprivate var loggerLevel: Logger.Level {
    switch self {
    case .error: .error
    case .warning: .warning
    case .notice: .notice
    case .info: .info
    case .debug: .debug
    case .trace: .trace
    }
  }
}
