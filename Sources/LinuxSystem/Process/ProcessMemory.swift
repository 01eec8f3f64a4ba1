import Glibc

/// The arguments and the environment where the kernel put them, which `ps` and /proc/PID/environ show: to be read
/// without making copies, and to be wiped where they hold a secret.
package enum ProcessMemory {
  /// Lends each argument's bytes, the program's name first.
  package static func forEachArgument(_ body: (_ index: Int, _ bytes: inout MutableRawSpan) -> Void) {
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = unsafe CommandLine.unsafeArgv[index] else { return }
      unsafe lend(argument) { body(index, &$0) }
    }
  }

  /// Lends each entry's bytes, "NAME=value".
  package static func forEachEnvironmentEntry(_ body: (_ bytes: inout MutableRawSpan) -> Void) {
    var entry = unsafe environ
    while let bytes = unsafe entry.pointee {
      unsafe lend(bytes, body)
      unsafe entry += 1
    }
  }

  private static func lend(_ string: UnsafeMutablePointer<CChar>, _ body: (inout MutableRawSpan) -> Void) {
    var span = unsafe MutableRawSpan(_unsafeStart: UnsafeMutableRawPointer(string), byteCount: strlen(string))
    body(&span)
  }
}
