import Glibc

/// Commands as a shell finds them.
package enum CommandSearch {
  /// Whether `path` is a file that this process may execute; nil if there is no such file.
  package static func isExecutable(_ path: String) -> Bool? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    let isPermitted = unsafe access(path, X_OK) == 0
    return isPermitted && status.st_mode & S_IFMT == S_IFREG
  }

  /// The same for a command line's first word: with a slash it is a path; else it is looked for in `searchPath`, as PATH
  /// has it, and the first that can be executed counts.
  package static func isExecutable(command: String, searchPath: String) -> Bool? {
    if command.contains("/") { return isExecutable(command) }
    let found = searchPath.split(separator: ":", omittingEmptySubsequences: false).compactMap { directory in
      isExecutable((directory.isEmpty ? "." : directory) + "/" + command)
    }
    return found.isEmpty ? nil : found.contains(true)
  }
}
