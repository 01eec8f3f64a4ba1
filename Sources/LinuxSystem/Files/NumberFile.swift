import Glibc
import SystemPackage

/// A file that holds one number, opened once and then written in place: so it can be written after a change of root or
/// user as well, and by a process without any capability. One process has it at a time.
package final class NumberFile: Sendable {
  private let descriptor: OwnedDescriptor
  package let path: String
  /// Always as many digits, so that what is overwritten never leaves a rest.
  private static let digitCount = 20

  /// Opens or makes the file. One that root makes in somebody else's directory becomes that user's. What that user may
  /// have put there in its place, a link to another file for instance, is not touched (EEXIST). EWOULDBLOCK if another
  /// process has it.
  package init(path: String) throws(SystemCallError) {
    self.path = path
    descriptor = OwnedDescriptor(
      adopting: try named("open \(path)") { () throws(Errno) in
        do throws(Errno) {
          let made = try Self.open(path, O_CREAT | O_EXCL)
          Self.handToOwnerOfDirectory(made, path)
          return made
        } catch .fileExists {
          return try Self.open(path, 0)
        }
      })
    var status = stat()
    let isPlain = unsafe fstat(descriptor.rawValue, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    guard isPlain, status.st_nlink == 1 else { throw SystemCallError("open \(path)", .fileExists) }
    let number = descriptor.rawValue
    _ = try named("flock \(path)") { () throws(Errno) in try retrying { flock(number, LOCK_EX | LOCK_NB) } }
  }

  private static func open(_ path: String, _ flags: Int32) throws(Errno) -> Int32 {
    try retrying { unsafe Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0o600) }
  }

  private static func handToOwnerOfDirectory(_ descriptor: Int32, _ path: String) {
    var status = stat()
    let directory = FilePath(path).removingLastComponent().string
    guard geteuid() == 0, unsafe stat(directory, &status) == 0 else { return }
    _ = fchown(descriptor, status.st_uid, status.st_gid)
  }

  package enum Contents: Sendable, Equatable {
    case nothing
    case number(UInt64)
    /// Not what `write` writes.
    case somethingElse
  }

  package func read() -> Contents {
    var bytes = [UInt8](repeating: 0, count: Self.digitCount + 2)
    let count = unsafe pread(descriptor.rawValue, &bytes, bytes.count, 0)
    if count == 0 { return .nothing }
    guard count == Self.digitCount + 1, bytes[Self.digitCount] == 0x0a else { return .somethingElse }
    return UInt64(String(decoding: bytes[..<Self.digitCount], as: UTF8.self)).map { .number($0) } ?? .somethingElse
  }

  /// Writes `number`. `isDurable`: waits until the disk has it.
  package func write(_ number: UInt64, isDurable: Bool) throws(SystemCallError) {
    let digits = String(number)
    let line = Array((String(repeating: "0", count: Self.digitCount - digits.utf8.count) + digits + "\n").utf8)
    _ = try named("write \(path)") { () throws(Errno) in
      let count = try retrying { unsafe pwrite(descriptor.rawValue, line, line.count, 0) }
      if count < line.count { throw .noSpace }
    }
    if !isDurable { return }
    _ = try named("fdatasync \(path)") { () throws(Errno) in try retrying { fdatasync(descriptor.rawValue) } }
  }
}
