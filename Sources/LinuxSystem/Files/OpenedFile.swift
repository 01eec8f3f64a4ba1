import Glibc
package import SystemPackage

/// A file that the kernel makes up, or standard input, opened for reading. For what a user names: `UserFile`.
package struct OpenedFile: ~Copyable {
  private let descriptor: OwnedDescriptor

  package init(path: String) throws(Errno) {
    descriptor = OwnedDescriptor(
      adopting: try retrying { unsafe open(path, O_RDONLY | O_CLOEXEC) })
  }

  private init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

  /// Standard input, as a descriptor of its own.
  package static func standardInput() throws(Errno) -> OpenedFile {
    OpenedFile(OwnedDescriptor(adopting: try retrying { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) }))
  }

  /// Fills `span` as far as the file goes. Returns how many bytes that are.
  package func read(into span: inout MutableRawSpan) throws(Errno) -> Int {
    let file = descriptor.rawValue
    var filled = 0
    while filled < span.byteCount {
      let count = try unsafe span.withUnsafeMutableBytes { (buffer) throws(Errno) in
        guard let start = buffer.baseAddress else { return 0 }
        return try retrying { unsafe Glibc.read(file, start + filled, buffer.count - filled) }
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
