import BuiltinProtocols
import Commands
import Configuration
import ProtocolKit

/// The other lists of the manual pages.
enum PageLists {
  static var protocols: [String] {
    list(
      builtinProtocols.map { description in
        let bytes =
          description.overhead == 0 ? "Adds nothing to a packet" : "Adds \(description.overhead) bytes to a packet"
        return ("Cm " + Mdoc.literal(description.name), "\(description.summary.capitalisedFirst). \(bytes).")
      })
  }

  /// Which settings are about what.
  static var scopes: [String] {
    list(
      Setting.Scope.allCases.map { scope in
        let names = Setting.all.filter { $0.scope == scope }.map(\.name)
        return (scope.title, names.joined(separator: ", ") + ".")
      })
  }

  /// Beside quicktun 2.2.6.
  static var differences: [String] {
    list(
      Difference.all.map { difference in
        let sentences = [
          ("Before: ", difference.before), ("Here: ", difference.here), ("", difference.why.capitalisedFirst),
        ]
        let text = sentences.filter { !$0.1.isEmpty }.map { "\($0.0)\($0.1)." }.joined(separator: " ")
        return (heading(difference.subject), text.withoutBackticks)
      })
  }

  /// Words, none of which is a macro's name.
  private static func heading(_ text: String) -> String {
    text.withoutBackticks.split(separator: " ").map { Mdoc.literal(String($0)) }.joined(separator: " ")
  }

  static var subcommands: [String] {
    list(Subcommand.all.map { ("Cm " + Mdoc.literal($0.name), $0.summary) })
  }

  /// The options of a subcommand, or of one of its actions: "check", "device add". "settings" are those that say where
  /// settings come from.
  static func options(of words: [String]) -> [String]? {
    if words == ["settings"] { return list(Subcommand.settingSources) }
    guard let subcommand = Subcommand.all.first(where: { $0.name == words.first }) else { return nil }
    if words.count == 1 { return list(subcommand.options) }
    return subcommand.actions.first { $0.name == words[1] }.map { list($0.options) }
  }

  private static func list(_ options: [CommandOption]) -> [String] {
    list(options.map { (head($0), $0.summary) })
  }

  private static func head(_ option: CommandOption) -> String {
    let names = option.names.map(Mdoc.option).joined(separator: " , ")
    guard let placeholder = option.placeholder else { return names }
    guard placeholder.hasPrefix("[") else { return names + " " + Mdoc.placeholder(placeholder) }
    return names + " Op " + Mdoc.placeholder(String(placeholder.dropFirst().dropLast()))
  }

  private static func list(_ items: [(head: String, text: String)]) -> [String] {
    [".Bl -tag -width Ds"] + items.flatMap { [".It " + $0.head] + Mdoc.prose($0.text) } + [".El"]
  }
}

extension Setting.Scope {
  fileprivate var title: String {
    switch self {
    case .process: "This host: its socket, key, log and user"
    case .device: "The tun or tap device"
    case .peer: "The other side"
    }
  }
}

extension String {
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
  fileprivate var withoutBackticks: String { filter { $0 != "`" } }
}
