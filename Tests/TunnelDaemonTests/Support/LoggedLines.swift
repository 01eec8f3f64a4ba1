import Logging
import Synchronization

/// A log that a test reads: each line with its level before it.
final class LoggedLines: Sendable {
  private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

  var all: [String] { lines.withLock { $0.map(\.text) } }
  var levels: [Logger.Level] { lines.withLock { $0.map(\.level) } }
  var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

  /// The lines since this was asked last.
  func take() -> [String] {
    lines.withLock { lines in
      defer { lines = [] }
      return lines.map(\.text)
    }
  }

  private struct Handler: LogHandler {
    let lines: LoggedLines
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { lines.lines.withLock { $0.append((event.level, event.message.description)) } }
  }
}
