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
  let (output, errors, stdin) = (try ScratchFile(), try ScratchFile(), try ScratchFile(input ?? Data()))
  let child = try Child(
    words, environment: environment, input: stdin.path, output: output.path, errors: errors.path)
  return Finished(status: child.wait(), output: output.text, errors: errors.text)
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
  private let child: Child
  private let file: ScratchFile
  /// What it writes to standard error, unless that goes where this process's own goes.
  private let errors: ScratchFile?

  package init(_ words: [String], keepsErrors: Bool = false) throws {
    file = try ScratchFile()
    errors = keepsErrors ? try ScratchFile() : nil
    child = try Child(words, output: file.path, errors: errors?.path)
  }

  package var output: String { file.text }
  package var complaints: String { errors?.text ?? "" }

  /// Waits until the program has written `text`.
  package func says(_ text: String, within seconds: Double = patience) -> Bool {
    eventually(within: seconds) { output.contains(text) }
  }

  /// What it has written when it has ended, or been terminated after `seconds`.
  package func result(within seconds: Double, interrupted: Bool = false) -> String {
    if interrupted { child.send(SIGINT) }
    if !eventually(within: seconds, { !child.isRunning }) { child.send(SIGTERM) }
    child.wait()
    return output
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

  package init(_ contents: Data = Data()) throws {
    path = NSTemporaryDirectory() + "quicktun-test-" + UUID().uuidString
    try contents.write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package var text: String {
    String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data(), as: UTF8.self)
  }
}

/// Seconds to wait for what has to come, where how soon is not the question: a machine with other work may pause.
package let patience = 15.0

/// Waits until `condition` holds, at most `seconds`. Returns whether it does.
package func eventually(within seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date().addingTimeInterval(seconds)
  while Date() < end {
    if try condition() { return true }
    usleep(20_000)
  }
  return try condition()
}
