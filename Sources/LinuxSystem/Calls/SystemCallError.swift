package import SystemPackage

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
