import CLinux
import Glibc
package import SystemPackage

/// syslog(3), facility daemon.
package enum SystemLog {
  /// The severities of RFC 5424, with its numbers.
  package enum Severity: Int32, Sendable { case error = 3, warning, notice, info, debug }

  /// Where whoever takes the lines listens (_PATH_LOG).
  package static let path = "/dev/log"

  /// `name` stands before each line. Connects at once: after chroot the socket may be out of reach.
  package static func open(name: String) { unsafe clinux_open_syslog(name) }

  /// A line that nobody takes is lost, and syslog(3) does not tell: see `check`.
  package static func write(_ line: String, _ severity: Severity) { unsafe clinux_syslog(severity.rawValue, line) }

  /// Throws why nobody can be reached there.
  package static func check() throws(Errno) {
    do throws(Errno) {
      _ = try UnixSocket.connected(to: path)
    } catch {
      if error.rawValue != EPROTOTYPE { throw error }
      _ = try UnixSocket.connected(to: path, .stream)
    }
  }
}
