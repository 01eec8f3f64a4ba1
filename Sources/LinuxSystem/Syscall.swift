import CLinux
import Glibc
package import SystemPackage

/// The one funnel for system calls: repeats what a signal interrupted and turns -1 into the errno.
@inline(__always)
package func retrying<Number: FixedWidthInteger & SignedInteger>(
  _ call: () -> Number
) throws(Errno) -> Number {
  while true {
    let result = call()
    if result >= 0 { return result }
    let code = clinux_errno()
    if code != EINTR { throw Errno(rawValue: code) }
  }
}

/// The same for calls that would rather block: nil instead of EAGAIN.
@inline(__always)
package func retryingUnlessBlocked<Number: FixedWidthInteger & SignedInteger>(
  _ call: () -> Number
) throws(Errno) -> Number? {
  do throws(Errno) {
    return try retrying(call)
  } catch {
    if error.rawValue == EAGAIN || error.rawValue == EWOULDBLOCK { return nil }
    throw error
  }
}

/// A file descriptor with one owner, closed when that goes.
package struct OwnedDescriptor: ~Copyable {
  package let rawValue: Int32

  package init(adopting rawValue: Int32) { self.rawValue = rawValue }

  deinit { close(rawValue) }
}

/// Where a system call failed, in the kernel's words and ours.
package struct SystemCallError: Error, CustomStringConvertible {
  /// What was called on what: "open /dev/net/tun".
  package let call: String
  package let errno: Errno

  package init(_ call: String, _ errno: Errno) {
    self.call = call
    self.errno = errno
  }

  package var description: String { "\(call): \(errno)" }
}

/// Runs `body` and names the call that failed in it.
@inline(__always)
package func named<Result: ~Copyable>(
  _ call: @autoclosure () -> String, _ body: () throws(Errno) -> Result
) throws(SystemCallError) -> Result {
  do throws(Errno) {
    return try body()
  } catch {
    throw SystemCallError(call(), error)
  }
}
