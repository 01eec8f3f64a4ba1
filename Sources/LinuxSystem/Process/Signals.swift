import CLinux
import Glibc
import SystemPackage

/// What somebody asks of this process by a signal.
package enum SignalRequest: Sendable, Equatable {
  case end(by: Int32)
  /// SIGUSR1 and SIGUSR2: to say how it is going.
  case report
}

/// Signals as readable events, in three stages:
///
/// 1. `start`, first of all: what an unwitting parent left behind is undone; 2. `endAtOnce`: until there is something to
/// be undone, a signal ends the process whatever it waits for; 3. a `SignalSource`: signals are blocked, and arrive
/// nowhere but here.
///
/// A signal that was ignored when the program was started stays so, as nohup(1) wants it; but SIGTERM and SIGINT
/// always end it.
package final class SignalSource {
  /// All that end a process unless it does something about it, but for faults of its own and SIGKILL. To be asked is
  /// what these two are for; the others are no success.
  private static let asking = [SIGTERM, SIGINT]
  private static let forcing = [SIGHUP, SIGQUIT, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO, SIGPWR, SIGSTKFLT]
  private static let reporting = [SIGUSR1, SIGUSR2]

  private let descriptor: OwnedDescriptor
  package var rawValue: Int32 { descriptor.rawValue }

  /// Whoever started the program may have blocked signals, and ignored the one that tells of a child's end: then a
  /// script's status would be lost.
  package static func start() {
    change(SIG_SETMASK, [])
    _ = signal(SIGCHLD, SIG_DFL)
  }

  /// Until the first `SignalSource` is made: what ends the process does so at once, with a line on standard error, and
  /// who asks for a report gets it later.
  package static func endAtOnce() {
    for number in asking + forcing.filter(isHeeded) { clinux_let_end_with_a_word(number) }
    change(SIG_BLOCK, reporting.filter(isHeeded))
  }

  /// Lets a write to a closed pipe, or past the limit of a file's size, fail instead of ending the process.
  package static func surviveWrites() { for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) } }

  package init() throws(SystemCallError) {
    let signals = Self.asking + (Self.forcing + Self.reporting).filter(Self.isHeeded) + [SIGCHLD]
    Self.change(SIG_BLOCK, signals)
    var set = Self.set(of: signals)
    let raw = try named("signalfd") { () throws(Errno) in
      try retrying { unsafe signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK)) }
    }
    descriptor = OwnedDescriptor(adopting: raw)
  }

  /// What is asked for next, if anything is. The end of a child is not told here: it only wakes whoever waits.
  package func next() -> SignalRequest? {
    while let number = nextNumber() {
      if Self.reporting.contains(number) { return .report }
      if number != SIGCHLD { return .end(by: number) }
    }
    return nil
  }

  private func nextNumber() -> Int32? {
    var information = signalfd_siginfo()
    let (file, size) = (descriptor.rawValue, MemoryLayout<signalfd_siginfo>.size)
    let count = try? retrying { unsafe read(file, &information, size) }
    return count == size ? Int32(information.ssi_signo) : nil
  }

  /// Waits until there is a signal, at most `milliseconds`; or shorter, if the process was stopped meanwhile.
  package func wait(milliseconds: Int32) {
    var readable = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&readable, 1, milliseconds)
  }

  /// "SIGTERM".
  package static func name(of number: Int32) -> String {
    guard let name = unsafe clinux_signal_name(number) else { return "signal \(number)" }
    return unsafe "SIG" + String(cString: name)
  }

  /// The status to exit with when all is undone: 0 if `number` asks for that. Any other ends the process here, as its
  /// default action does, so that the shell and the service manager see that the end was not meant.
  package static func status(endingBy number: Int32) -> Int32 {
    if asking.contains(number) { return 0 }
    _ = signal(number, SIG_DFL)
    raise(number)  // blocked as yet
    change(SIG_UNBLOCK, [number])
    return 128 + number  // process 1 of a container, which its own signals do not end
  }

  // MARK: Parts

  static func isHeeded(_ number: Int32) -> Bool { clinux_ignores_signal(number) == 0 }

  private static func set(of signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in signals { unsafe sigaddset(&set, number) }
    return set
  }

  private static func change(_ how: Int32, _ signals: [Int32]) {
    var set = set(of: signals)
    _ = unsafe sigprocmask(how, &set, nil)
  }
}
