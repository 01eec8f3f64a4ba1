import Configuration

/// Text of the tables as mdoc(7) has it.
enum Mdoc {
  /// A word as it has to be typed: no hyphen of it may become a dash or the end of a line, nothing in it is a macro's
  /// name.
  static func literal(_ word: String) -> String {
    let escaped = escaped(word).map { $0 == "-" ? "\\-" : String($0) }.joined()
    return mayBeMacro(word) ? "\\&" + escaped : escaped
  }

  /// Prose: each sentence begins a line, as mdoc wants it, and no line is long.
  static func prose(_ text: String) -> [String] {
    sentences(text).flatMap { Help.wrapped($0, columns: 72) }.map { line in
      let words = line.split(separator: " ").map { word in
        word.hasPrefix("-") ? literal(String(word)) : escaped(String(word))
      }
      // At a line's beginning these two make a macro's call of it.
      return (line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" : "") + words.joined(separator: " ")
    }
  }

  /// What stands for a value: `0|1` are words to type, `PORT` is not.
  static func placeholder(_ text: String) -> String {
    var macro = ""
    return text.split(separator: "|").map { word in
      let own = word.allSatisfy { $0.isUppercase || $0 == " " } ? "Ar" : "Cm"
      defer { macro = own }
      return (own == macro ? "" : own + " ")
        + word.split(separator: " ").map { literal(String($0)) }.joined(separator: " ")
    }.joined(separator: " | ")
  }

  /// `--mode` as the macro that shows it.
  static func option(_ name: String) -> String { "Fl " + literal(String(name.dropFirst())) }

  /// A sentence ends with a full stop and a blank.
  private static func sentences(_ text: String) -> [String] {
    var result = [""]
    for word in text.split(separator: " ") {
      if result[result.count - 1].hasSuffix(".") { result.append("") }
      result[result.count - 1] += (result[result.count - 1].isEmpty ? "" : " ") + word
    }
    return result
  }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\e"
      case "\"": "\\(dq"
      default: String(character)
      }
    }.joined()
  }

  /// Macros are called by name within a macro's line.
  private static func mayBeMacro(_ word: String) -> Bool {
    (2...3).contains(word.count) && word.first?.isUppercase == true && word.dropFirst().allSatisfy(\.isLowercase)
      || word.allSatisfy(\.isPunctuation)
  }
}
