import Foundation
import Testing

/// The programs under test and those they are tested with.
enum Programs {
  /// Ours: the release build that Tests/run made, or this build's.
  static let ours: String = {
    if let path = ProcessInfo.processInfo.environment["QUICKTUN_PROGRAM"] { return path }
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return tests.appendingPathComponent("quicktun").path
  }()

  /// Debian's quicktun 2.2.6.
  static let old = "/usr/sbin/quicktun"

  /// What lets the old program's salty start: built once from our own C file.
  static let oldSaltyLibrary: String = {
    let source = directory + "/old_salty.c"
    let library = NSTemporaryDirectory() + "quicktun-test-old-salty-\(getpid()).so"
    let built = try? run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"])
    precondition(built?.isSuccess == true, "cc: \(built?.errors ?? "not found")")
    return library
  }()

  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Programs").path
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
}

/// A key pair, as hexadecimal digits.
struct Pair: Sendable {
  let secret: String
  let `public`: String

  /// From our own generator.
  init() throws {
    let words = try run([Programs.ours, "keypair", "-o", "space"]).output.split(whereSeparator: \.isWhitespace)
    try #require(words.count == 2)
    (secret, `public`) = (String(words[0]), String(words[1]))
  }
}

/// For tests of how the program was linked.
let needsShippedProgram = ConditionTrait.enabled(
  if: ProcessInfo.processInfo.environment["QUICKTUN_PROGRAM"] != nil,
  "SKIPPED: this is not the program as build-release makes it; Tests/run does it")

/// For suites that make network namespaces.
let needsRoot = ConditionTrait.enabled(
  if: getuid() == 0, "SKIPPED: network namespaces and devices need root; Tests/run becomes root by itself")
