/// What values a setting takes: parser, messages, `--help`, manual pages and completions all go by it.
public enum SettingKind: Sendable {
  /// A whole decimal number. `unit` is a plural: "seconds". `or` is a word that may stand in its place.
  case number(ClosedRange<Int>, unit: String? = nil, or: String? = nil)
  /// One of a few numbers, with what each means if that is short to say.
  case code(ClosedRange<Int>, meaning: [String] = [])
  /// One of these words, in capitals or not.
  case choice([String])
  /// Its presence counts, whatever the value, but for values that plainly mean `off`. The option may stand alone.
  case presence(off: [String] = [])
  case text(TextForm)

  /// Whether its option may stand alone.
  public var isSwitch: Bool { if case .presence = self { true } else { false } }

  /// Whether ` #` in a value may be meant.
  package var mayHoldComment: Bool { if case .text(let form) = self { form.mayHoldComment } else { false } }

  /// What is accepted, in the words of a message: "1 to 86400 seconds".
  public var accepted: String {
    switch self {
    case .number(let range, let unit, let word):
      "\(range.lowerBound) to \(range.upperBound)" + (unit.map { " " + $0 } ?? "") + (word.map { ", or " + $0 } ?? "")
    case .code(let range, let meaning):
      range.enumerated().map { $0 < meaning.count ? "\($1) (\(meaning[$0]))" : "\($1)" }.alternatives
    case .choice(let words): words.alternatives
    case .presence(let off): "any value" + (off.isEmpty ? "" : "; \(off.enumeration) mean off")
    case .text(let form): form.accepted
    }
  }

  /// What stands for a value in `--help`: capitals for what is to be put in, else words to type.
  public var placeholder: String {
    switch self {
    case .number(_, let unit, let word): (unit ?? "number").uppercased() + (word.map { "|" + $0 } ?? "")
    case .code(let range, _): range.map(String.init).joined(separator: "|")
    case .choice(let words): words.joined(separator: "|")
    case .presence: "1"
    case .text(let form): form.placeholder
    }
  }

  /// A trimmed text's value.
  public func value(of text: String) throws(SettingRejection) -> SettingValue {
    switch self {
    case .number(let range, _, let word):
      if let word, text.lowercased() == word.lowercased() { return .text(word) }
      return .number(try Self.number(text, in: range))
    case .code(let range, _): return .number(try Self.number(text, in: range))
    case .choice(let words):
      guard let word = words.first(where: { $0.lowercased() == text.lowercased() }) else { throw SettingRejection() }
      return .text(word)
    case .presence(let off): return .number(off.contains { $0.lowercased() == text.lowercased() } ? 0 : 1)
    case .text(let form):
      try form.check(text)
      return .text(text)
    }
  }

  /// No sign, no blank, nothing behind it.
  private static func number(_ text: String, in range: ClosedRange<Int>) throws(SettingRejection) -> Int {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) else {
      throw SettingRejection()
    }
    return number
  }

  /// Whether each of its values can be a `Value`: those at its ends, and those that are listed.
  package func fits<Value: SettingConvertible>(_ type: Value.Type) -> Bool {
    let values: [SettingValue] =
      switch self {
      case .number(let range, _, let word):
        [.number(range.lowerBound), .number(range.upperBound)] + (word.map { [.text($0)] } ?? [])
      case .code(let range, _): range.map { .number($0) }
      case .choice(let words): words.map { .text($0) }
      case .presence: [.number(0), .number(1)]
      case .text: [.text("")]
      }
    return values.allSatisfy { Value($0) != nil }
  }

  /// A value as somebody would write it.
  public func text(of value: SettingValue) -> String {
    switch (self, value) {
    case (.presence, .number(let number)): number == 0 ? "off" : "on"
    case (_, .number(let number)): String(number)
    case (_, .text(let text)): text
    }
  }
}
