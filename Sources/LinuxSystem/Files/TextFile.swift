import Glibc
import SystemPackage

/// Small files that the kernel makes up: /proc, /sys.
package enum TextFile {
  /// A file's text, at most `limit` bytes of it, without blanks and newlines around it; nil if it cannot be read.
  package static func read(_ path: String, limit: Int = 1 << 16) -> String? {
    var bytes = [UInt8](repeating: 0, count: limit)
    guard let file = try? OpenedFile(path: path), let count = fill(&bytes, from: file) else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self).trimmingBlanks
  }

  private static func fill(_ bytes: inout [UInt8], from file: borrowing OpenedFile) -> Int? {
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    return try? file.read(into: &raw)
  }

  /// The names in a directory, without "." and "..". None if it cannot be read.
  package static func names(in directory: String) -> [String] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// What a symbolic link says; nil if it is none.
  package static func link(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink(path, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
