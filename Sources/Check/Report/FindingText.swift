/// Findings for people.
extension [Finding] {
  /// A line or more for each finding, within `width` columns.
  package func text(isColoured: Bool, width: Int = 80) -> String {
    map { finding in
      let mark = finding.severity.rawValue.padded(to: 8)
      let head = "\(mark)\(finding.topic.padded(to: 14))"
      let indent = String(repeating: " ", count: 8)
      let first = finding.fact.wrapped(to: width - indent.count, first: width - head.count)
      let lines =
        first + [finding.why, finding.cure].compactMap { $0 }.flatMap { $0.wrapped(to: width - indent.count) }
      let shown = isColoured ? finding.severity.colour + mark + "\u{1b}[0m" + finding.topic.padded(to: 14) : head
      return lines.enumerated().map { ($0 == 0 ? shown : indent) + $1 }.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

extension Finding.Severity {
  fileprivate var colour: String {
    switch self {
    case .ok: "\u{1b}[32m"
    case .warning: "\u{1b}[33m"
    case .problem: "\u{1b}[31m"
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(1, width - count)) }

  /// Lines of at most `width` characters, the first of them of at most `first`, broken at blanks. A longer word has a
  /// line of its own.
  fileprivate func wrapped(to width: Int, first: Int? = nil) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      let room = lines.count == 1 ? first ?? width : width
      if let last = lines.last, last.count + 1 + word.count <= room {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
