import BuiltinProtocols
import Configuration
import Foundation
import ProtocolKit
import Testing

/// README.md and the pages of Documentation tell what the program knows, and lead to what is there.
@Suite("README")
struct Readme {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func page(_ path: String) throws -> Page {
    Page(path: path, text: try String(contentsOf: repository.appending(path: path), encoding: .utf8))
  }

  /// A page of Markdown, by its path from the top.
  private struct Page {
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n") }

    /// What it links to on this machine: a path from the page, `#heading` behind it.
    var links: [String] {
      text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }.filter { !$0.hasPrefix("http") }
    }

    /// What stands in backticks and looks like a path from the top, up to the first argument.
    var paths: [String] {
      text.matches(of: /`((?:Sources|Tests|examples|Benchmarks|Documentation|debian)\/[^`\s]+)/).map { String($0.1) }
    }

    /// Its headings as GitHub makes anchors of them.
    var anchors: [String] {
      lines.filter { $0.hasPrefix("#") }.map { heading in
        heading.drop { $0 == "#" || $0 == " " }.lowercased().compactMap { character in
          character == " "
            ? "-" : character.isLetter || character.isNumber || character == "-" ? String(character) : nil
        }.joined()
      }
    }
  }

  private static func pages() throws -> [String] {
    let folder = repository.appending(path: "Documentation").path
    let written = ["README.md", "examples/README.md", "Sources/README.md"]
    return written
      + (try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "Documentation/" + $0 })
  }

  /// `Sources/Protocol*` is there if anything begins so.
  private static func exists(_ path: String) -> Bool {
    guard path.hasSuffix("*") else {
      return FileManager.default.fileExists(atPath: repository.appending(path: path).path)
    }
    let pattern = repository.appending(path: String(path.dropLast()))
    let neighbours = try? FileManager.default.contentsOfDirectory(atPath: pattern.deletingLastPathComponent().path)
    return neighbours?.contains { $0.hasPrefix(pattern.lastPathComponent) } ?? false
  }

  @Test("the table of settings is the program's", arguments: Setting.all.map(\.name))
  func settings(name: String) throws {
    let setting = try #require(Setting.all.first { $0.name == name })
    let row = "| `\(name)` | \(setting.accepted) | \(setting.fallback) | \(setting.summary) |"
    #expect(try Self.page("Documentation/settings.md").lines.contains(row[...]), "\(row)")
  }

  @Test("every link leads somewhere, to the heading that it names", arguments: try pages())
  func links(path: String) throws {
    let page = try Self.page(path)
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    #expect(!page.links.isEmpty || path == "Documentation/beside-quicktun.md")
    for link in page.links {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let target = parts[0].isEmpty ? path : folder.isEmpty ? String(parts[0]) : "\(folder)/\(parts[0])"
      #expect(Self.exists(target), "\(path): \(link)")
      if parts.count == 2 {
        #expect(try Self.page(target).anchors.contains(String(parts[1])), "\(path): \(link)")
      }
    }
    for named in page.paths { #expect(Self.exists(named), "\(path): `\(named)`") }
  }

  @Test(
    "the defaults that pages name are those of the settings",
    arguments: [
      ("README.md", #"UDP port ([0-9]+)"#, Int(TunnelSettings().localPort)),
      ("Documentation/beside-quicktun.md", #"([0-9]+) may; `REPLAY_WINDOW"#, TunnelSettings().replayWindow),
      ("Sources/Reference/Pages/quicktun.8", #"UDP port ([0-9]+)"#, Int(TunnelSettings().localPort)),
      ("Sources/Reference/Pages/quicktun.8", #"bind 0\.0\.0\.0:([0-9]+)"#, Int(TunnelSettings().localPort)),
      ("Sources/Reference/Pages/quicktun.8", #"198\.51\.100\.1:([0-9]+)"#, Int(TunnelSettings().remotePort)),
      ("Sources/Reference/Pages/quicktun.8", #"did not end within ([0-9]+) s"#, TunnelSettings().scriptTimeout),
    ])
  func defaults(path: String, pattern: String, usual: Int) throws {
    let named = try Self.page(path).text.matches(of: Regex(pattern, as: (Substring, Substring).self)).map(\.1)
    #expect(!named.isEmpty && named.allSatisfy { $0 == String(usual) }, "\(path): \(named), not \(usual)")
  }

  @Test("its table of protocols has the overheads of their descriptions", arguments: builtinProtocols.map(\.name))
  func overhead(name: String) throws {
    let description = try #require(builtinProtocols.named(name))
    let row = try #require(Self.page("README.md").lines.first { $0.hasPrefix("| `\(name)` |") })
    #expect(row.hasPrefix("| `\(name)` | \(description.overhead) |"), "\(row)")
  }

  @Test("what it says of speed are rows of the measurement, word for word")
  func speed() throws {
    let measured = try Self.page("Benchmarks/results/tunnel.md").lines
    let section = try #require(
      Self.page("README.md").text.split(separator: "\n## ").first { $0.hasPrefix("Speed") })
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.count == 7)  // a head of two lines and five rows
    for row in rows {
      #expect(measured.contains(row), "\(row)\nswift run reference --markdown README.md puts today's in")
    }
  }
}
