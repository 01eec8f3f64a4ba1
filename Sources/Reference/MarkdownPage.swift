import Foundation

/// A page of Markdown with tables that are made: what stands between `<!-- made: SETTINGS original -->` and
/// `<!-- end -->`. The rest is written by hand, and stays.
struct MarkdownPage {
  enum Failure: Error, CustomStringConvertible {
    case unknownTable(String)
    case noEnd(String)

    var description: String {
      switch self {
      case .unknownTable(let words): "nothing is known of <!-- made: \(words) -->"
      case .noEnd(let words): "<!-- made: \(words) --> has no <!-- end -->"
      }
    }
  }

  private static let beginning = "<!-- made: "
  private static let end = "<!-- end -->"

  private let file: URL

  init(_ path: String) { file = URL(filePath: path) }

  /// Puts the tables as they are now into the file.
  func renew() throws {
    let text = try String(contentsOf: file, encoding: .utf8)
    var rest = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var lines: [String] = []
    while let line = rest.popFirst() {
      lines.append(String(line))
      guard let words = Self.tableBegun(by: line) else { continue }
      guard let last = rest.firstIndex(of: Self.end[...]) else { throw Failure.noEnd(words) }
      lines += try [""] + table(words) + [""]
      rest = rest[last...]
    }
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
  }

  private static func tableBegun(by line: Substring) -> String? {
    guard line.hasPrefix(beginning), line.hasSuffix(" -->") else { return nil }
    return String(line.dropFirst(beginning.count).dropLast(4))
  }

  private func table(_ words: String) throws -> [String] {
    let rest = words.split(separator: " ", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    switch words.prefix(while: { $0 != " " }) {
    case "SETTINGS": if let table = MarkdownTable(settings: rest) { return table.lines }
    case "PROTOCOLS": if rest.isEmpty { return MarkdownTable.protocols.lines }
    case "DIFFERENCES": if rest.isEmpty { return MarkdownTable.differences.lines }
    case "SPEED": return try measured(rest)
    default: break
    }
    throw Failure.unknownTable(words)
  }

  /// The lines of the benchmark's results that begin with these cells, word for word: "salty | this; raw | this".
  private func measured(_ programs: String) throws -> [String] {
    let results = file.deletingLastPathComponent().appending(path: "Benchmarks/results/tunnel.md")
    let lines = try String(contentsOf: results, encoding: .utf8).split(separator: "\n").map(String.init)
    return try lines.prefix(2)
      + programs.split(separator: ";").map { program in
        let start = "| \(program.trimmingCharacters(in: .whitespaces)) |"
        guard let line = lines.first(where: { $0.hasPrefix(start) }) else {
          throw Failure.unknownTable("SPEED \(program)")
        }
        return line
      }
  }
}
