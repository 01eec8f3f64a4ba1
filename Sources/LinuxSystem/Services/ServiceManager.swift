import Glibc
import SystemPackage

/// Whoever started this process and waits to hear that it is ready: systemd (Type=notify), or start-stop-daemon with
/// --notify-await. The protocol is sd_notify(3)'s: lines of NAME=value in a datagram to the socket that NOTIFY_SOCKET
/// names.
package final class ServiceManager {
  /// How often it wants to hear that this process is alive, nanoseconds: half of what it waits for.
  private let watchdogInterval: UInt64?
  private let socket: OwnedDescriptor
  private var nextSign: UInt64 = 0

  /// Environment variables that are between the manager and this process, and not for its children.
  private static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

  /// Nil if nobody waits. `environment` has entries "NAME=value". The socket is connected at once, for after chroot its
  /// path means something else.
  package init?(environment: [String]) {
    guard let path = environment.value(of: "NOTIFY_SOCKET"), let socket = try? UnixSocket.connected(to: path) else {
      return nil
    }
    self.socket = socket
    watchdogInterval = Self.watchdog(environment).map { $0 * (1000 / 2) }
  }

  package static func withoutVariables(_ environment: [String]) -> [String] {
    environment.filter { entry in !variables.contains { entry.hasPrefix($0 + "=") } }
  }

  /// The work can begin, for instance "The tunnel is operational". Waits for room: if this is lost, all is.
  package func isReady(status: String) { send("READY=1\nSTATUS=\(status)", waits: true) }
  package func has(status: String) { send("STATUS=\(status)") }
  /// It will not work, and this process is about to end. Without it start-stop-daemon waits for its time-out.
  package func hasFailed(status: String) { send("STATUS=\(status)\nERRNO=\(EINVAL)", waits: true) }

  /// What is under way may take `seconds` from now, even if that is longer than the manager waits for a start.
  package func takesLonger(seconds: Int, status: String) {
    send("STATUS=\(status)\nEXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)")
  }

  package func isStopping() { send("STOPPING=1") }

  /// To be called about once a second.
  package func isAlive(at monotonicNanoseconds: UInt64) {
    guard let watchdogInterval, monotonicNanoseconds >= nextSign else { return }
    nextSign = monotonicNanoseconds + watchdogInterval
    send("WATCHDOG=1")
  }

  /// A manager that does not listen is no reason to stop.
  private func send(_ message: String, waits: Bool = false) {
    let bytes = Array(message.utf8)
    let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
    let descriptor = socket.rawValue
    _ = try? retrying { unsafe Glibc.send(descriptor, bytes, bytes.count, flags) }
  }

  /// Microseconds, unless they are meant for another process or make no sense.
  private static func watchdog(_ environment: [String]) -> UInt64? {
    if let process = environment.value(of: "WATCHDOG_PID"), process != String(getpid()) { return nil }
    guard let text = environment.value(of: "WATCHDOG_USEC"), let microseconds = UInt64(text) else { return nil }
    return (1...UInt64(UInt32.max)).contains(microseconds) ? microseconds : nil
  }
}
