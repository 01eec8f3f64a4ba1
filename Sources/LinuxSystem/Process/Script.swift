import CLinux
import Glibc
import SystemPackage
import TunnelCore

/// A shell command that the user hooks into the tunnel's life, while it runs: in a process group of its own, so that all
/// that it started can be ended with it.
package struct Script {
  package enum Outcome: Sendable, Equatable {
    /// With the exit status as a shell tells it: 128 + n after signal n.
    case ended(status: Int32)
    /// It was ended, after the time that it had.
    case tookTooLong
    /// It was ended, for this process was asked to end by that signal.
    case interrupted(by: Int32)
  }

  private let process: pid_t

  /// Milliseconds between the wish that a script may end and its end.
  private static let grace: Int64 = 1000

  /// Runs `command` with /bin/sh in exactly the given environment ("NAME=value"), and waits for it: at most `seconds`, or
  /// until `signals` bring the wish that this process ends.
  ///
  /// No signal is blocked there, and none ignored but SIGHUP under nohup. Standard input is empty: whoever reads from a
  /// terminal in the background is stopped, and waits for ever.
  package static func run(
    _ command: String, environment: [String], atMost seconds: Int, _ signals: SignalSource, onReport: () -> Void
  ) throws(SystemCallError) -> Outcome {
    let process = try named("posix_spawn /bin/sh") { () throws(Errno) in
      try spawn(["/bin/sh", "-c", command], environment)
    }
    return try Script(process: process).wait(atMost: seconds, signals, onReport)
  }

  private func wait(
    atMost seconds: Int, _ signals: SignalSource, _ onReport: () -> Void
  ) throws(SystemCallError) -> Outcome {
    let deadline = Self.milliseconds() + Int64(seconds) * 1000
    while true {
      if let status = try status(WNOHANG) { return .ended(status: status) }
      let rest = deadline - Self.milliseconds()
      if rest <= 0 { return try end(signals).map { .interrupted(by: $0) } ?? .tookTooLong }
      signals.wait(milliseconds: Int32(clamping: rest))
      while let wish = signals.next() {
        guard case .end(let signal) = wish else {
          onReport()
          continue
        }
        _ = try end(signals)
        return .interrupted(by: signal)
      }
    }
  }

  /// Asks all of the group to end, those too that are stopped; they have to if the shell does not. Returns the signal
  /// that asks for the end of this process meanwhile.
  private func end(_ signals: SignalSource) throws(SystemCallError) -> Int32? {
    for signal in [SIGTERM, SIGCONT] { kill(-process, signal) }
    let deadline = Self.milliseconds() + Self.grace
    var wished: Int32?
    while try status(WNOHANG) == nil {
      let rest = deadline - Self.milliseconds()
      if rest <= 0 {
        kill(-process, SIGKILL)
        _ = try status(0)
        return wished
      }
      signals.wait(milliseconds: Int32(clamping: rest))
      while let wish = signals.next() {
        if case .end(let signal) = wish { wished = signal }
      }
    }
    return wished
  }

  /// The exit status, once there is one.
  private func status(_ options: Int32) throws(SystemCallError) -> Int32? {
    var status: Int32 = 0
    let found = try named("waitpid") { () throws(Errno) in
      try retrying { unsafe waitpid(process, &status, options) }
    }
    guard found == process else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  private static func milliseconds() -> Int64 { Int64(SystemClock().now().monotonicNanoseconds / 1_000_000) }

  private static func spawn(_ arguments: [String], _ environment: [String]) throws(Errno) -> pid_t {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    setSignals(&attributes)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    var process: pid_t = 0
    let status = unsafe withCStrings(arguments) { argv in
      unsafe withCStrings(environment) { envp in
        unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, argv, envp)
      }
    }
    if status != 0 { throw Errno(rawValue: status) }
    return process
  }

  private static func setSignals(_ attributes: inout posix_spawnattr_t) {
    var (none, all) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    if !SignalSource.isHeeded(SIGHUP) { unsafe sigdelset(&all, SIGHUP) }
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
  }

  /// Lends the strings as a null-terminated array of C strings.
  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { unsafe array[index] = strdup(string) }
    unsafe array[strings.count] = nil
    defer {
      for index in strings.indices { unsafe free(array[index]) }
      unsafe array.deallocate()
    }
    return unsafe body(array)
  }
}
