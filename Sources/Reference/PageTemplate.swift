import Commands

/// A manual page with markers for what the tables tell: lines such as `.\" @PROTOCOLS@`, which mdoc takes for comments.
struct PageTemplate {
  /// A marker that nobody fills in.
  struct UnknownMarker: Error, CustomStringConvertible {
    let description: String
  }

  private let lines: [Substring]
  private let name: String

  init(_ text: String, name: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    self.name = name
  }

  func page() throws -> String {
    let expanded = try zip(1..., lines).flatMap { number, line in
      guard let marker = Self.marker(in: line) else { return [String(line)] }
      guard let lines = Self.lines(for: marker) else {
        throw UnknownMarker(description: "\(name):\(number): nothing is known of @\(marker.joined(separator: " "))@")
      }
      return lines
    }
    return expanded.joined(separator: "\n")
  }

  private static func marker(in line: Substring) -> [String]? {
    let (beginning, end) = (#".\" @"#, "@")
    guard line.hasPrefix(beginning), line.hasSuffix(end), line.count > beginning.count else { return nil }
    return line.dropFirst(beginning.count).dropLast(end.count).split(separator: " ").map(String.init)
  }

  private static func lines(for marker: [String]) -> [String]? {
    let rest = Array(marker.dropFirst())
    switch marker.first {
    case "DATE": return [".Dd " + PageDate.text(otherwise: rest.joined(separator: " "))]
    case "VERSION": return [".Os " + Version.name]
    case "SETTINGS": return SettingList(rest)?.lines
    case "SCOPES": return PageLists.scopes
    case "PROTOCOLS": return PageLists.protocols
    case "DIFFERENCES": return PageLists.differences
    case "SUBCOMMANDS": return PageLists.subcommands
    case "OPTIONS": return PageLists.options(of: rest)
    default: return nil
    }
  }
}
