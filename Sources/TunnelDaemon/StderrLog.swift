import Glibc
import Logging

/// Log lines on standard error, without time stamps: whoever collects them (a terminal, syslog, the journal) has the
/// time. Warnings and errors begin with their level.
struct StderrLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
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

/// Standard error, a line at a time and each line in one write, so that lines of several processes do not mix.
enum StandardError {
  static func write(_ line: String) {
    var text = line + "\n"
    text.withUTF8 { bytes in _ = unsafe Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }
}
