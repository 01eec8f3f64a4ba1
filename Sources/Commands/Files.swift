import Configuration
import LinuxSystem
import Sodium
import SystemPackage

/// Reads a file of settings or keys into guarded memory.
func readFile(_ path: String, _ limit: Int) throws(FileProblem) -> ReadFile {
  do throws(Errno) {
    let file = try OpenedFile(path: path)
    return ReadFile(contents: try contents(of: file, limit), othersMayRead: file.othersMayRead)
  } catch {
    throw FileProblem(error == .invalidArgument ? "longer than \(limit) bytes" : "\(error)")
  }
}

/// What `file` holds, which may not be more than `limit` bytes (else EINVAL).
func contents(of file: borrowing OpenedFile, _ limit: Int) throws(Errno) -> GuardedMemory {
  let room = GuardedMemory(count: limit + 1)
  let count = try room.withMutableBytes { (bytes) throws(Errno) in try file.read(into: &bytes) }
  if count > limit { throw .invalidArgument }
  return room.withBytes { GuardedMemory(copying: $0.extracting(first: count)) }
}
