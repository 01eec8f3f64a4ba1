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
