package import Foundation

/// A program that has run to its end.
package struct Finished: Sendable {
  package let status: Int32
  package let output: String
  package let errors: String
  package var isSuccess: Bool { status == 0 }
}

/// Runs a program from PATH and waits for it. `environment` replaces the whole environment if it is given.
@discardableResult
package func run(
  _ words: [String], environment: [String: String]? = nil, input: Data? = nil
) throws -> Finished {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = words
  if let environment { process.environment = environment }
  let (output, errors, stdin) = (try ScratchFile(), try ScratchFile(), Pipe())
  process.standardOutput = try output.handleForWriting()
  process.standardError = try errors.handleForWriting()
  process.standardInput = stdin
  try process.runUnblocked()
  if let input { try? stdin.fileHandleForWriting.write(contentsOf: input) }
  try? stdin.fileHandleForWriting.close()
  process.waitUntilExit()
  return Finished(status: process.terminationStatus, output: output.text, errors: errors.text)
}

/// The same with the words in one string, parted by blanks.
@discardableResult
package func run(_ line: String) throws -> Finished { try run(line.split(separator: " ").map(String.init)) }

/// Runs a program that must succeed.
@discardableResult
package func must(_ line: String) throws -> String {
  let finished = try run(line)
  guard finished.isSuccess else { throw CommandFailed(line: line, finished: finished) }
  return finished.output
}

/// A program that runs while the caller does something else.
package final class Running {
  private let process = Process()
  private let file: ScratchFile

  package init(_ words: [String]) throws {
    file = try ScratchFile()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try file.handleForWriting()
    try process.runUnblocked()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  package var output: String { file.text }

  /// Waits until the program has written `text`.
  package func says(_ text: String, within seconds: Double = 5) -> Bool {
    eventually(within: seconds) { output.contains(text) }
  }

  /// What it has written when it has ended, or been interrupted after `seconds`.
  package func result(within seconds: Double, interrupted: Bool = false) -> String {
    if interrupted { process.interrupt() }
    if !eventually(within: seconds, { !process.isRunning }) { process.terminate() }
    process.waitUntilExit()
    return output
  }
}

extension Process {
  /// Runs it with no signal blocked. Threads of libdispatch block them all, and a child inherits that.
  func runUnblocked() throws {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try run()
  }
}

package struct CommandFailed: Error, CustomStringConvertible {
  package let line: String
  package let finished: Finished
  package var description: String { "\(line): status \(finished.status)\n\(finished.errors)\(finished.output)" }
}

/// A temporary file, gone with its object.
package final class ScratchFile: Sendable {
  package let path: String

  package init(_ text: String = "") throws {
    path = NSTemporaryDirectory() + "quicktun-test-" + UUID().uuidString
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func handleForWriting() throws -> FileHandle { try FileHandle(forWritingTo: URL(fileURLWithPath: path)) }
  package var text: String {
    String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data(), as: UTF8.self)
  }
}

/// Waits until `condition` holds, at most `seconds`. Returns whether it does.
package func eventually(within seconds: Double = 5, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date().addingTimeInterval(seconds)
  while Date() < end {
    if try condition() { return true }
    usleep(20_000)
  }
  return try condition()
}
