import BuiltinProtocols
import Commands
import Configuration
import ProtocolKit

/// What a shell can offer for a value.
enum OfferedValue {
  case words([String])
  /// The name of a setting, and a value of it behind that: `-c NAME VALUE`.
  case setting
  case file, directory, user, group, host
  /// A tun or tap device that exists.
  case device
  /// Only the person knows it.
  case nothing

  /// By what stands for the value in `--help`.
  init(placeholder: String) {
    switch placeholder {
    case "NAME VALUE": self = .setting
    case "FILE": self = .file
    case "USER": self = .user
    case "GROUP": self = .group
    default:
      // HEX is nothing to type.
      let words = placeholder.split(separator: "|").map(String.init).filter { !$0.allSatisfy(\.isUppercase) }
      self = words.isEmpty ? .nothing : .words(words)
    }
  }

  init(_ setting: Setting) {
    switch setting.kind {
    case .number(_, _, let word): self = word.map { .words([$0]) } ?? .nothing
    case .code(let range, _): self = .words(range.map(String.init))
    case .choice(let words): self = .words(words)
    case .presence: self = .words([setting.placeholder])
    case .text(let form): self = OfferedValue(form.offer)
    }
  }

  private init(_ offer: TextForm.Offer) {
    switch offer {
    case .nothing: self = .nothing
    case .file: self = .file
    case .directory: self = .directory
    case .user: self = .user
    case .host: self = .host
    case .device: self = .device
    case .protocolName: self = .words(builtinProtocols.map(\.name))
    }
  }
}

/// An option as a shell completes it, wherever the program knows it from.
struct CompletedOption {
  let names: [String]
  let summary: String
  /// What stands for its value; nil if there is none.
  let placeholder: String?
  let value: OfferedValue
  /// Whether the option may stand alone although it takes a value.
  let isValueOptional: Bool
  /// Whether `--name=value` is understood too.
  let mayBeAttached: Bool

  init(_ setting: Setting) {
    names = [setting.option]
    summary = setting.summary
    placeholder = setting.placeholder
    value = OfferedValue(setting)
    isValueOptional = setting.isSwitch
    mayBeAttached = true
  }

  init(_ option: CommandOption, mayBeAttached: Bool = false) {
    names = option.names
    summary = option.summary
    isValueOptional = option.placeholder?.hasPrefix("[") ?? false
    placeholder = option.placeholder.map { String($0.drop { $0 == "[" }.prefix { $0 != "]" }) }
    value = placeholder.map(OfferedValue.init(placeholder:)) ?? .nothing
    self.mayBeAttached = mayBeAttached
  }

  /// Whether the next word can only be its value.
  var needsValue: Bool { placeholder != nil && !isValueOptional }

  /// All by which settings can be given.
  static var settings: [CompletedOption] {
    Setting.all.map { CompletedOption($0) } + Subcommand.settingSources.map { CompletedOption($0, mayBeAttached: true) }
  }
}

extension Subcommand {
  var completedOptions: [CompletedOption] {
    options.map { CompletedOption($0) } + (takesSettings ? CompletedOption.settings : [])
  }
}

extension CommandAction {
  var completedOptions: [CompletedOption] { options.map { CompletedOption($0) } }

  /// Of NAME only one that exists already can be offered: a new one is the person's choice.
  var operandValue: OfferedValue { operand == nil || name == "add" ? .nothing : .device }
}

/// The completions, each with the name of its file.
enum Completions {
  static var files: [(name: String, text: String)] {
    [("quicktun.bash", BashCompletion.text), ("_quicktun", ZshCompletion.text), ("quicktun.fish", FishCompletion.text)]
  }

  static let origin = "Made by Sources/Reference from the program's tables: change those."

  /// What happens without a subcommand.
  static var main: Subcommand { Subcommand.all[0] }

  /// Names of the program by which it is a subcommand.
  static var named: [Subcommand] { Subcommand.all.filter { !$0.programNames.isEmpty } }
}

extension String {
  /// One word for bash and zsh.
  var quotedForShell: String {
    "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }
}
