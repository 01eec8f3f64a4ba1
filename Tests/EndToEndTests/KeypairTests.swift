import Foundation
import Testing
import TunnelLab

/// `quicktun keypair` against what Debian's `keypair` 2.2.6 was seen to do: the same status and the same output.
@Suite("Keypair")
struct Keypair {
  struct Golden: Decodable, Sendable {
    struct Pair: Decodable, Sendable {
      let what: String
      let secret: String
      let `public`: String
    }
    struct Command: Decodable, Sendable, CustomTestStringConvertible {
      let what: String
      let arguments: [String]
      let stdin: String
      let exitStatus: Int32
      let stdout: String
      var testDescription: String { what }
    }
    let pairs: [Pair]
    let commands: [Command]

    static let read: Golden = {
      do {
        let url = try #require(
          Bundle.module.url(forResource: "keypair", withExtension: "json", subdirectory: "Vectors"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Golden.self, from: Data(contentsOf: url))
      } catch {
        fatalError("keypair.json: \(error)")
      }
    }()
  }

  /// The three ways to call it.
  private func programs() throws -> (words: [[String]], directory: URL) {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("quicktun-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let names = ["keypair", "quicktun.keypair"]
    for name in names {
      try FileManager.default.createSymbolicLink(
        atPath: directory.appendingPathComponent(name).path, withDestinationPath: Programs.ours)
    }
    return ([[Programs.ours, "keypair"]] + names.map { [directory.appendingPathComponent($0).path] }, directory)
  }

  @Test("the same as keypair 2.2.6, under each of its names", arguments: Golden.read.commands)
  func golden(command: Golden.Command) throws {
    let (programs, directory) = try programs()
    defer { try? FileManager.default.removeItem(at: directory) }
    for words in programs {
      let result = try runBytes(words + command.arguments, input: Data(hexadecimal: command.stdin))
      #expect(result.status == command.exitStatus, "\(result.errors)")
      // Help and version are our own; keys are the same to the byte.
      if command.what == "help" || command.what == "version" {
        #expect(!result.output.isEmpty)
      } else {
        #expect(result.output == Data(hexadecimal: command.stdout))
      }
      #expect(command.exitStatus == 0 || !result.errors.isEmpty)
    }
  }

  @Test("public keys of known secrets", arguments: Golden.read.pairs.map { [$0.secret, $0.public] })
  func known(pair: [String]) throws {
    let result = try run([Programs.ours, "keypair", "-i", pair[0], "-o", "space"])
    #expect(result.output == "\(pair[0]) \(pair[1])\n")
    #expect(result.errors.contains("list of processes"), "a secret on the command line can be seen by others")
  }

  @Test("a new pair each time, whose public key is that of its secret")
  func new() throws {
    let pairs = try (0..<3).map { _ in try Pair() }
    #expect(Set(pairs.map(\.secret)).count == 3)
    for pair in pairs {
      #expect(try run([Programs.ours, "keypair", "-i", pair.secret, "-o", "space"]).output.contains(pair.public))
    }
  }

  private func runBytes(_ words: [String], input: Data) throws -> (status: Int32, output: Data, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    let (output, errors, stdin) = (Pipe(), Pipe(), Pipe())
    (process.standardOutput, process.standardError, process.standardInput) = (output, errors, stdin)
    try process.run()
    try? stdin.fileHandleForWriting.write(contentsOf: input)
    try? stdin.fileHandleForWriting.close()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, text, String(decoding: complaints, as: UTF8.self))
  }
}

extension Data {
  init(hexadecimal text: String) {
    let digits = Array(text.utf8)
    self.init(
      stride(from: 0, to: digits.count - 1, by: 2).map {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
      })
  }
}
