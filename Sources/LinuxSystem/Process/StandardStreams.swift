import CLinux
import Glibc
package import SystemPackage

/// Standard error, a line at a time and each line in one write, so that lines of several processes do not mix.
package enum StandardError {
  package static func write(_ line: String) {
    let text = Array((line + "\n").utf8)
    // Whoever closed it does not want it.
    try? unsafe writeAll(text.span.bytes, to: STDERR_FILENO)
  }

  /// Whether it goes to systemd's journal, which says so in JOURNAL_STREAM with device and inode (systemd.exec(5)).
  package static func isJournal(_ environment: [String]) -> Bool {
    var status = stat()
    guard unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
    return environment.contains("JOURNAL_STREAM=\(status.st_dev):\(status.st_ino)")
  }
}

/// Standard output without a buffer that would keep a copy of a secret.
package enum StandardOutput {
  package static func write(_ text: String) throws(Errno) {
    let bytes = Array(text.utf8)
    try unsafe writeAll(bytes.span.bytes, to: STDOUT_FILENO)
  }

  package static func write(_ bytes: RawSpan) throws(Errno) { try writeAll(bytes, to: STDOUT_FILENO) }

  /// Writes out what was printed. Throws what went wrong, now or before.
  package static func finish() throws(Errno) {
    let problem = clinux_flush_output()
    if problem != 0 { throw Errno(rawValue: problem) }
  }
}

/// Writes all of `bytes`.
private func writeAll(_ bytes: RawSpan, to descriptor: Int32) throws(Errno) {
  var rest = bytes
  while rest.byteCount > 0 {
    let count = try unsafe rest.withUnsafeBytes { (buffer) throws(Errno) in
      try retrying { unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
    }
    rest = rest.extracting(droppingFirst: count)
  }
}
