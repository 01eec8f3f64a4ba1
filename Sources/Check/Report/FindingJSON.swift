/// Findings for programs.
extension [Finding] {
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

extension String {
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
