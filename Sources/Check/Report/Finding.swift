package import Configuration
package import Sodium

/// One line of what `quicktun check` has to say. Like a complaint it has nothing in it that a terminal would obey or that
/// could be a secret key.
package struct Finding: Sendable, Equatable {
  package enum Severity: String, Sendable, CaseIterable { case ok, warning, problem }

  /// What it is about: "device", "keys".
  package var topic: String
  package var severity: Severity
  package var fact: String
  package var why: String?
  package var cure: String?

  /// `key` is a public key that the text tells on purpose.
  package init(
    _ topic: String, _ severity: Severity, _ fact: String, why: String? = nil, cure: String? = nil,
    showing key: PublicKey? = nil
  ) {
    self.init(topic, severity, Complaint(fact, why: why, cure: cure, showing: key))
  }

  package init(_ topic: String, _ severity: Severity, _ complaint: Complaint) {
    (self.topic, self.severity) = (topic, severity)
    (fact, why, cure) = (complaint.what, complaint.why, complaint.cure)
  }
}

extension [Finding] {
  /// 0 if all is well, 1 with warnings, 2 with problems.
  package var exitStatus: Int32 {
    if contains(where: { $0.severity == .problem }) { return 2 }
    return contains { $0.severity == .warning } ? 1 : 0
  }

  // MARK: For people

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

  // MARK: For programs

  /// {"status": 1, "findings": [{"topic": ..., "severity": ..., "fact": ..., "why": ..., "cure": ...}]}
  package var json: String {
    let objects = map { finding in
      let members = [
        ("topic", finding.topic), ("severity", finding.severity.rawValue), ("fact", finding.fact),
        ("why", finding.why), ("cure", finding.cure),
      ].compactMap { name, value in value.map { "\(name.json): \($0.json)" } }
      return "  {\(members.joined(separator: ", "))}"
    }
    return "{\"status\": \(exitStatus), \"findings\": [\n\(objects.joined(separator: ",\n"))\n]}"
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

  /// A JSON string (RFC 8259).
  fileprivate var json: String {
    let inner = unicodeScalars.map { scalar in
      switch scalar {
      case "\"": return "\\\""
      case "\\": return "\\\\"
      case "\n": return "\\n"
      default:
        if scalar.value >= 0x20 { return String(Character(scalar)) }
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return "\"" + inner.joined() + "\""
  }
}
