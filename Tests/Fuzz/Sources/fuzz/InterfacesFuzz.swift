@testable import Check
import Configuration
@testable import Diagnosis
import Sodium

/// Interfaces files of any content that name one another: what is wrong with them is said with a place in them.
///
///     /f, /d/a, /d/b, /d/c, parted by zero bytes
enum InterfacesFuzz {
  private static let names = ["/f", "/d/a", "/d/b", "/d/c"]
  /// Files may name each other without end, and each naming is followed: what is enough for one input.
  private static let mostReads = 64

  static func run(_ input: inout FuzzInput) {
    let parts = input.rest().split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
    let reads = Reads()
    let lint = InterfacesLint(
      protocols: ["raw", "nacl0", "nacltai", "salty"].map { .init(name: $0, needsKeys: $0 != "raw") },
      readFile: { (path, limit) throws(FileProblem) in
        reads.count += 1
        guard reads.count < mostReads, let index = names.firstIndex(of: path), index < parts.count,
          parts[index].count <= limit
        else { throw FileProblem("No such file or directory") }
        let bytes = Array(parts[index])
        return ReadFile(contents: GuardedMemory(copying: bytes.span.bytes), othersMayRead: index % 2 == 0)
      },
      names: { $0 == "/d" ? ["a", "b", "c"] : [] })
    let findings = lint.findings("/f")
    check(!findings.isEmpty, "nothing is said")
    check(findings.allSatisfy { $0.topic == "interfaces" && !$0.fact.isEmpty }, "a finding without a word")
    let lines = parts.map { $0.count { $0 == UInt8(ascii: "\n") } + 1 }
    for finding in findings { checkPlace(finding.fact, lines) }
    check(findings.json.utf8.first == UInt8(ascii: "{") && !findings.text(isColoured: false).isEmpty, "cannot be shown")
  }

  /// A place that begins a finding ("/d/a:12: ...") is a line of that file.
  private static func checkPlace(_ fact: String, _ lines: [Int]) {
    for (index, name) in names.enumerated() where fact.hasPrefix(name + ":") {
      let number = fact.dropFirst(name.count + 1).prefix { $0 != ":" }
      guard let line = Int(number) else { continue }
      check(index < lines.count && line >= 1 && line <= lines[index], "\(name) has no line \(line)")
    }
  }
}

/// One thread only, which FileReader cannot know.
private final class Reads: @unchecked Sendable { var count = 0 }
