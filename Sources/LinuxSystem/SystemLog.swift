import CLinux
import Glibc

/// syslog(3), facility daemon.
package enum SystemLog {
  /// The severities of RFC 5424, with its numbers.
  package enum Severity: Int32, Sendable { case error = 3, warning, notice, info, debug }

  /// `name` stands before each line. Connects at once: after chroot the socket may be out of reach.
  package static func open(name: String) { unsafe clinux_open_syslog(name) }

  package static func write(_ line: String, _ severity: Severity) { unsafe clinux_syslog(severity.rawValue, line) }
}
