import Configuration

/// An option of a subcommand: all that its help, the manual pages and the completions know of it.
package struct CommandOption: Sendable {
  /// Its spellings: "-h" and "--help".
  package let names: [String]
  /// What stands for its value: "tun|tap", or "[FILE]" if it may be left out. Nil if there is none.
  package let placeholder: String?
  /// One sentence.
  package let summary: String

  init(_ names: String..., takes placeholder: String? = nil, summary: String) {
    self.names = names
    self.placeholder = placeholder
    self.summary = summary
  }

  static let help = CommandOption("-h", "--help", summary: "Print a short help.")
  static let version = CommandOption("-v", "--version", summary: "Print the version.")

  private var head: String { "  " + names.joined(separator: ", ") + (placeholder.map { " " + $0 } ?? "") }

  /// Two columns, within 80.
  static func list(_ options: [CommandOption]) -> String {
    let width = options.map(\.head.count).max().map { $0 + 2 } ?? 0
    return options.map { option in
      let lines = Help.wrapped(option.summary, columns: 80 - width)
      return zip([option.head] + lines.dropFirst().map { _ in "" }, lines).map { head, line in
        head + String(repeating: " ", count: width - head.count) + line
      }.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

/// A word that follows a subcommand: `add` in `quicktun device add`.
package struct CommandAction: Sendable {
  package let name: String
  /// What stands behind it: "NAME". Nil for nothing.
  package let operand: String?
  /// One sentence.
  package let summary: String
  package let options: [CommandOption]

  init(_ name: String, operand: String? = nil, _ summary: String, options: [CommandOption] = []) {
    self.name = name
    self.operand = operand
    self.summary = summary
    self.options = options
  }
}
