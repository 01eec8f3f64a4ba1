import Glibc
package import SystemPackage
import TunnelCore

/// A file that a user named: settings, a key.
///
/// It has to be a plain file. A FIFO, a terminal, a socket or a device would keep its reader waiting, or do something when
/// it is opened: each is refused at once. A pipe without a name is taken, for as such a shell hands over what a command
/// says (`<(pass show key)`, `/dev/stdin`); it has to come to its end within ten seconds.
package struct UserFile: ~Copyable {
  package enum Refusal: Error, Equatable, CustomStringConvertible {
    case system(Errno)
    /// What it is instead of a file: "a FIFO".
    case kind(String)
    case longer(than: Int)
    /// A pipe whose writer goes on, or does not begin.
    case endless(seconds: UInt64)

    package var description: String {
      switch self {
      case .system(let errno): "\(errno)"
      case .kind(let kind): "it is \(kind); a plain file is needed"
      case .longer(let limit): "longer than \(limit) bytes"
      case .endless(let seconds): "the command at the other end of the pipe has not ended within \(seconds) s"
      }
    }
  }

  private static let patienceSeconds: UInt64 = 10

  private let descriptor: OwnedDescriptor
  private let status: stat
  private let isPipe: Bool

  /// Without waiting (O_NONBLOCK: a FIFO opens though nobody writes to it), and without a terminal becoming ours.
  package init(path: String) throws(Refusal) {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let number = try Self.asking { () throws(Errno) in try retrying { unsafe open(path, flags) } }
    let opened = OwnedDescriptor(adopting: number)
    var facts = stat()
    _ = try Self.asking { () throws(Errno) in try retrying { unsafe fstat(number, &facts) } }
    let isNameless = facts.st_mode & S_IFMT == S_IFIFO && Self.hasNoName(opened)
    if let kind = Self.kind(facts, opened), !isNameless { throw .kind(kind) }
    (status, isPipe) = (facts, isNameless)
    descriptor = opened
  }

  private static func asking<Answer>(_ call: () throws(Errno) -> Answer) throws(Refusal) -> Answer {
    do throws(Errno) {
      return try call()
    } catch {
      // A socket cannot be opened at all.
      throw error == .noSuchAddressOrDevice ? .kind("a socket, or a device that is not there") : .system(error)
    }
  }

  /// What it is if it is no plain file.
  private static func kind(_ status: stat, _ descriptor: borrowing OwnedDescriptor) -> String? {
    switch status.st_mode & S_IFMT {
    case S_IFREG: nil
    case S_IFIFO: "a FIFO"
    case S_IFDIR: "a directory"
    case S_IFCHR: isatty(descriptor.rawValue) == 1 ? "a terminal" : "a device"
    case S_IFBLK: "a device"
    default: "no file"
    }
  }

  /// proc(5): what has no name shows as "pipe:[inode]", a FIFO as its path.
  private static func hasNoName(_ descriptor: borrowing OwnedDescriptor) -> Bool {
    TextFile.link("/proc/self/fd/\(descriptor.rawValue)")?.hasPrefix("pipe:[") ?? false
  }

  /// Whether its permissions let any user read it.
  package var othersMayRead: Bool { !isPipe && status.st_mode & S_IROTH != 0 }
  package var everybodyMayWrite: Bool { !isPipe && status.st_mode & S_IWOTH != 0 }

  /// Nil for a pipe, which belongs to whoever calls this program.
  package var owner: UInt32? { isPipe ? nil : status.st_uid }
  /// The group that may write to it; nil if none may.
  package var writingGroup: UInt32? { !isPipe && status.st_mode & S_IWGRP != 0 ? status.st_gid : nil }

  /// Fills `span` as far as the file goes, and returns how many bytes that are. A file that goes on is refused.
  package func read(into span: inout MutableRawSpan) throws(Refusal) -> Int {
    let start = SystemClock().now().monotonicNanoseconds
    var filled = 0
    while true {
      let came = try filled < span.byteCount ? read(into: &span, at: filled) : readOneMore()
      if came == 0 { return filled }
      filled += came ?? 0
      if filled > span.byteCount { throw .longer(than: span.byteCount) }
      if isPipe { try waitForMore(since: start) }
    }
  }

  /// Nil if there is nothing yet.
  private func read(into span: inout MutableRawSpan, at offset: Int) throws(Refusal) -> Int? {
    try unsafe span.withUnsafeMutableBytes { (buffer) throws(Refusal) in
      try unsafe read(buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset)
    }
  }

  private func readOneMore() throws(Refusal) -> Int? {
    var byte: UInt8 = 0
    return try unsafe read(&byte, 1)
  }

  private func read(_ place: UnsafeMutableRawPointer?, _ count: Int) throws(Refusal) -> Int? {
    let file = descriptor.rawValue
    return try Self.asking { () throws(Errno) in
      // A plain file is never without an answer, but what stands in /proc may be.
      isPipe
        ? try retryingUnlessBlocked { unsafe Glibc.read(file, place, count) }
        : try retrying { unsafe Glibc.read(file, place, count) }
    }
  }

  private func waitForMore(since start: UInt64) throws(Refusal) {
    let waited = (SystemClock().now().monotonicNanoseconds - start) / 1_000_000
    let patience = Self.patienceSeconds * 1000
    guard waited < patience else { throw .endless(seconds: Self.patienceSeconds) }
    var wish = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    _ = try Self.asking { () throws(Errno) in try retrying { unsafe poll(&wish, 1, Int32(patience - waited)) } }
  }
}
