import LinuxSystem
package import Logging

/// Log lines on standard error, without time stamps: whoever collects them (a terminal, syslog, the journal) has the
/// time. Warnings and errors begin with their level.
package struct StderrLog: LogHandler {
  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]

  package init(logLevel: Logger.Level) { self.logLevel = logLevel }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let prefix: String
    switch event.level {
    case .error, .critical: prefix = "error: "
    case .warning: prefix = "warning: "
    case .notice, .info: prefix = ""
    case .debug, .trace: prefix = "debug: "
    }
    StandardError.write(prefix + event.message.description)
  }
}
