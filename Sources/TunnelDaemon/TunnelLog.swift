import Configuration
import LinuxSystem
package import Logging
package import Sodium
import Synchronization
import SystemPackage

/// Where log lines go.
package final class LogOutput: Sendable {
  private let isSyslog: Bool
  private let isJournal: Bool
  private let isStandardError = Atomic(true)
  /// Whether somebody takes what goes to the system's log. At boot that may begin later than a tunnel.
  private let hasSyslog = Atomic(false)

  /// Standard error; and the system's log if it is given a name there. `environment` has entries "NAME=value".
  package init(syslogName: String?, environment: [String]) {
    if let syslogName { SystemLog.open(name: syslogName) }
    isSyslog = syslogName != nil
    isJournal = StandardError.isJournal(environment)
  }

  /// Why lines for the system's log go to standard error for now; nil if they do not.
  package var syslogProblem: String? {
    guard isSyslog, !hasSyslog.load(ordering: .relaxed) else { return nil }
    do throws(Errno) {
      try SystemLog.check()
      hasSyslog.store(true, ordering: .relaxed)
      return nil
    } catch {
      return "\(SystemLog.path): \(error)"
    }
  }

  /// Whoever started the program has seen whether it came up. If there is the system's log, lines go only there now.
  package func isOperational() { if isSyslog { isStandardError.store(false, ordering: .relaxed) } }

  fileprivate func write(_ text: String, _ severity: SystemLog.Severity) {
    let lines = text.split(separator: "\n")
    let isLost = syslogProblem != nil
    if isSyslog && !isLost { for line in lines { SystemLog.write(String(line), severity) } }
    if isLost || isStandardError.load(ordering: .relaxed) {
      // sd-daemon(3): the journal takes a line's severity from its beginning.
      StandardError.write(isJournal ? lines.map { "<\(severity.rawValue)>\($0)" }.joined(separator: "\n") : text)
    }
  }
}

/// Log lines without time stamps: whoever collects them (a terminal, syslog, the journal) has the time. Warnings and
/// errors begin with their level. No line has anything in it that could be a secret key or that a terminal would obey.
package struct TunnelLog: LogHandler {
  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]
  private let output: LogOutput
  private let publicKeys: [PublicKey]

  /// `publicKeys` may be told.
  package init(_ output: LogOutput, logLevel: Logger.Level, publicKeys: [PublicKey] = []) {
    self.output = output
    self.logLevel = logLevel
    self.publicKeys = publicKeys
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let text = event.message.description.split(separator: "\n").map { redacted(String($0), keys: publicKeys) }
      .joined(separator: "\n")
    switch event.level {
    case .error, .critical: output.write("error: " + text, .error)
    case .warning: output.write("warning: " + text, .warning)
    case .notice: output.write(text, .notice)
    case .info: output.write(text, .info)
    case .debug, .trace: output.write("debug: " + text, .debug)
    }
  }
}
