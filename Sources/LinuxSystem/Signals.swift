import CLinux
import Glibc
import SystemPackage

/// Signals as readable events. From then on they are blocked and arrive nowhere else.
package final class SignalSource {
  private let descriptor: OwnedDescriptor
  package var rawValue: Int32 { descriptor.rawValue }

  package init(_ signals: [Int32]) throws(SystemCallError) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    unsafe sigprocmask(SIG_BLOCK, &set, nil)
    let raw = try named("signalfd") { () throws(Errno) in
      try retrying { unsafe signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK)) }
    }
    descriptor = OwnedDescriptor(adopting: raw)
  }

  /// The next signal that waits, if one does.
  package func next() -> Int32? {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    let count = unsafe read(descriptor.rawValue, &information, size)
    return count == size ? Int32(information.ssi_signo) : nil
  }

  /// Lets a write to a closed pipe fail instead of ending the process.
  package static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
