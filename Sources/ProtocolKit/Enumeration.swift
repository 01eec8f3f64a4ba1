extension [String] {
  /// "a, b or c"
  package var alternatives: String { joined(lastBy: " or ") }

  /// "a, b and c"
  package var enumeration: String { joined(lastBy: " and ") }

  private func joined(lastBy word: String) -> String {
    guard count > 1, let last else { return first ?? "" }
    return dropLast().joined(separator: ", ") + word + last
  }
}
