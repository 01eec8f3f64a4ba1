import Commands
import Configuration

/// The completion for zsh: specifications for its _arguments.
enum ZshCompletion {
  static var text: String {
    """
    #compdef quicktun \(Completions.named.flatMap(\.programNames).joined(separator: " "))
    # \(Completions.origin)

    _quicktun_devices() {
      local -a devices=(/sys/class/net/*/tun_flags(N:h:t)) expl
      _wanted interfaces expl 'tun or tap device' compadd -a devices
    }

    # The value of a setting, after -c NAME.
    _quicktun_value() {
      local expl
      case $words[CURRENT-1] in
    \(Setting.all.map { "    \($0.name)) \(action($0)) ;;" }.joined(separator: "\n"))
      esac
    }

    \(Subcommand.all.map(function).joined(separator: "\n\n"))

    _quicktun() {
      case $service in
    \(Completions.named.map { "    \($0.programNames.joined(separator: "|"))) _quicktun_\($0.name); return ;;" }.joined(separator: "\n"))
      esac
      if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        \(describe("subcommand", Subcommand.all.map { ($0.name, $0.summary) }))
        return
      fi
      case $words[2] in
        \(Subcommand.all.map(\.name).joined(separator: "|"))) shift words; (( CURRENT-- )); _quicktun_$words[1] ;;
        *) _quicktun_\(Completions.main.name) ;;
      esac
    }

    _quicktun "$@"

    """
  }

  // MARK: Subcommands

  /// Completes what stands behind the subcommand's name, which is the first of `words`.
  private static func function(_ subcommand: Subcommand) -> String {
    let arguments = arguments(subcommand.completedOptions, indent: 2)
    guard !subcommand.actions.isEmpty else { return "_quicktun_\(subcommand.name)() {\n  \(arguments)\n}" }
    return """
      _quicktun_\(subcommand.name)() {
        if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
          \(describe("action", subcommand.actions.map { ($0.name, $0.summary) }))
          return
        fi
        local action=$words[2]
        if (( CURRENT > 2 )); then shift words; (( CURRENT-- )); fi
        case $action in
      \(subcommand.actions.map(arm).joined(separator: "\n"))
          *) \(arguments) ;;
        esac
      }
      """
  }

  private static func arm(_ action: CommandAction) -> String {
    let operand = action.operand.map { ["1:\($0):" + Self.action(action.operandValue)] } ?? []
    return "    \(action.name)) \(arguments(action.completedOptions, and: operand, indent: 4)) ;;"
  }

  private static func describe(_ what: String, _ items: [(name: String, summary: String)]) -> String {
    let list = items.map { "\($0.name):\($0.summary.withoutFullStop)".quotedForShell }.joined(separator: " ")
    return "local -a \(what)s=(\(list)); _describe \(what) \(what)s"
  }

  // MARK: Options

  private static func arguments(_ options: [CompletedOption], and others: [String] = [], indent: Int) -> String {
    let specifications = options.flatMap(specifications) + others
    if specifications.isEmpty { return "_message 'nothing more'" }
    let separator = " \\\n" + String(repeating: " ", count: indent + 2)
    return (["_arguments"] + specifications.map(\.quotedForShell)).joined(separator: separator)
  }

  /// '(-h --help)-h[Print a short help]', '--local-port=[UDP port to bind]:PORT: '
  private static func specifications(_ option: CompletedOption) -> [String] {
    option.names.map { name in
      var text = option.names.count > 1 ? "(\(option.names.joined(separator: " ")))" : ""
      if case .setting = option.value { text += "*" }
      text += name + (option.placeholder != nil && option.mayBeAttached && name.hasPrefix("--") ? "=" : "")
      text += "[\(option.summary.withoutFullStop.escapedForZsh)]"
      guard let placeholder = option.placeholder else { return text }
      if case .setting = option.value {
        return text + ":NAME:(\(Setting.all.map(\.name).joined(separator: " "))):VALUE:_quicktun_value"
      }
      return text + (option.isValueOptional ? "::" : ":") + placeholder + ":" + action(option.value)
    }
  }

  /// How _arguments finds a value.
  private static func action(_ value: OfferedValue) -> String {
    switch value {
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .setting, .nothing: " "
    case .file: "_files"
    case .directory: "_files -/"
    case .user: "_users"
    case .group: "_groups"
    case .host: "_hosts"
    case .device: "_quicktun_devices"
    }
  }

  /// The same as a command.
  private static func action(_ setting: Setting) -> String {
    switch OfferedValue(setting) {
    case .words(let words): "_wanted values expl \(setting.name) compadd -- \(words.joined(separator: " "))"
    case .setting, .nothing: "_message \(setting.placeholder.quotedForShell)"
    case let value: action(value)
    }
  }
}

extension String {
  var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }

  /// Within the brackets of a specification.
  fileprivate var escapedForZsh: String { map { "[]\\".contains($0) ? "\\\($0)" : String($0) }.joined() }
}
