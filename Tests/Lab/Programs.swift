import Foundation

/// The programs under test and those they are tested with.
package enum Programs {
  /// Ours: the release build that Tests/run made, or this build's.
  package static let ours: String = {
    if let path = ProcessInfo.processInfo.environment["QUICKTUN_PROGRAM"] { return path }
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return tests.appendingPathComponent("quicktun").path
  }()

  /// Debian's quicktun 2.2.6.
  package static let old = "/usr/sbin/quicktun"

  static func path(of program: Daemon.Program) -> String {
    switch program {
    case .ours: ours
    case .old: old
    case .before: ProcessInfo.processInfo.environment["QUICKTUN_BEFORE"] ?? "QUICKTUN_BEFORE"
    }
  }

  /// What lets the old program's salty start: built once from our own C file.
  package static let oldSaltyLibrary: String = {
    let source = directory + "/old_salty.c"
    let library = NSTemporaryDirectory() + "quicktun-test-old-salty-\(getpid()).so"
    let built = try? run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"])
    precondition(built?.isSuccess == true, "cc: \(built?.errors ?? "not found")")
    return library
  }()

  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Programs").path
}

/// A key pair, as hexadecimal digits.
package struct Pair: Sendable {
  package let secret: String
  package let `public`: String

  /// From our own generator.
  package init() throws {
    let made = try run([Programs.ours, "keypair", "-o", "space"])
    let words = made.output.split(whereSeparator: \.isWhitespace)
    guard words.count == 2 else { throw CommandFailed(line: "quicktun keypair", finished: made) }
    (secret, `public`) = (String(words[0]), String(words[1]))
  }
}
