import BuiltinProtocols
import Configuration
import ProtocolKit

/// A table of the program as Markdown has it.
struct MarkdownTable {
  let heads: [String]
  let rows: [[String]]

  /// The settings of quicktun 2.2.6 ("original"), or the others ("new").
  init?(settings origin: String) {
    guard ["original", "new"].contains(origin) else { return nil }
    heads = ["name", "accepted", "where it is not given", ""]
    rows = Setting.all.filter { $0.isOriginal == (origin == "original") }.map { setting in
      ["`\(setting.name)`", setting.accepted, setting.fallback, setting.summary]
    }
  }

  private init(heads: [String], rows: [[String]]) {
    self.heads = heads
    self.rows = rows
  }

  /// The protocols, the youngest first.
  static var protocols: MarkdownTable {
    MarkdownTable(
      heads: ["protocol", "bytes more for each packet", "keys", "nonces follow the clock", "what seals a packet"],
      rows: builtinProtocols.reversed().map { description in
        [
          "`\(description.name)`", String(description.overhead), description.needsKeys ? "needed" : "none",
          description.noncesFollowClock ? "yes" : "no", description.summary,
        ]
      })
  }

  /// Beside quicktun 2.2.6.
  static var differences: MarkdownTable {
    MarkdownTable(
      heads: ["", "quicktun 2.2.6", "here", "why"],
      rows: Difference.all.map { [$0.subject, $0.before, $0.here, $0.why] })
  }

  var lines: [String] {
    [Self.line(heads), "|" + heads.map { _ in " --- |" }.joined()] + rows.map(Self.line)
  }

  private static func line(_ cells: [String]) -> String {
    "|" + cells.map { $0.isEmpty ? " |" : " \(escaped($0)) |" }.joined()
  }

  /// A cell ends at a bar.
  private static func escaped(_ cell: String) -> String { cell.split(separator: "|").joined(separator: "\\|") }
}
