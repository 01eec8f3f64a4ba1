import Commands
import Configuration

/// The completion for bash. It needs nothing of the package bash-completion.
enum BashCompletion {
  static var text: String {
    """
    # bash completion for quicktun and keypair.
    # \(Completions.origin)

    # Those of the words given that fit what has been typed.
    _quicktun_offer() {
      mapfile -t COMPREPLY < <(compgen "$@" -- "$cur")
    }

    _quicktun_files() {
      compopt -o filenames 2>/dev/null
      _quicktun_offer "$@"
    }

    _quicktun_devices() {
      local flags names=
      for flags in /sys/class/net/*/tun_flags; do
        [[ -e $flags ]] || continue
        flags=${flags%/tun_flags}
        names+=" ${flags##*/}"
      done
      _quicktun_offer -W "$names"
    }

    # The value of an option or a setting; fails for a word that is neither.
    _quicktun_value() {
      case $1 in
    \(values)
        *) return 1 ;;
      esac
    }

    _quicktun() {
      local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} before=
      COMPREPLY=()
      if ((COMP_CWORD > 1)); then before=${COMP_WORDS[COMP_CWORD-2]}; fi
      # bash makes three words of --name=value.
      case $cur/$prev in
        =/*) cur=; _quicktun_value "$prev"; return 0 ;;
        */=) _quicktun_value "$before"; return 0 ;;
      esac
      if [[ $before == -c ]]; then _quicktun_value "$prev"; return 0; fi
      if _quicktun_value "$prev"; then return 0; fi
      case ${COMP_WORDS[0]##*/} in
    \(Completions.named.map { "    \($0.programNames.joined(separator: "|"))) \(offer($0.completedOptions)); return 0 ;;" }.joined(separator: "\n"))
      esac
      if ((COMP_CWORD == 1)) && [[ $cur != -* ]]; then
        _quicktun_offer -W '\(Subcommand.all.map(\.name).joined(separator: " "))'
        return 0
      fi
      case ${COMP_WORDS[1]} in
    \(Subcommand.all.dropFirst().map(arm).joined(separator: "\n"))
        *) \(offer(Completions.main.completedOptions)) ;;
      esac
    }

    complete -F _quicktun quicktun \(Completions.named.flatMap(\.programNames).joined(separator: " "))

    """
  }

  // MARK: Values

  private static var values: String {
    let settings = Setting.all.map { arm([$0.name] + ($0.isSwitch ? [] : [$0.option]), OfferedValue($0)) }
    let options = Subcommand.all.flatMap { $0.options + $0.actions.flatMap(\.options) } + Subcommand.settingSources
    return (settings + options.map { CompletedOption($0) }.compactMap(arm)).joined(separator: "\n")
  }

  private static func arm(_ option: CompletedOption) -> String? {
    if option.needsValue { return arm(option.names, option.value) }
    guard option.placeholder != nil else { return nil }
    // The value may be left out: another option may come instead.
    return "    \(option.names.joined(separator: "|"))) [[ $cur != -* ]] && \(command(for: option.value));;"
  }

  private static func arm(_ names: [String], _ value: OfferedValue) -> String {
    "    \(names.joined(separator: "|"))) \(command(for: value));;"
  }

  /// What offers the value, with a blank behind it.
  private static func command(for value: OfferedValue) -> String {
    switch value {
    case .words(let words): "_quicktun_offer -W '\(words.joined(separator: " "))' "
    case .setting: "_quicktun_offer -W '\(Setting.all.map(\.name).joined(separator: " "))' "
    case .file: "_quicktun_files -f "
    case .directory: "_quicktun_files -d "
    case .user: "_quicktun_offer -u "
    case .group: "_quicktun_offer -g "
    case .host: "_quicktun_offer -A hostname "
    case .device: "_quicktun_devices "
    case .nothing: ""
    }
  }

  // MARK: Words

  private static func offer(_ options: [CompletedOption]) -> String {
    "_quicktun_offer -W '\(options.flatMap(\.names).joined(separator: " "))'"
  }

  private static func arm(_ subcommand: Subcommand) -> String {
    let options = offer(subcommand.completedOptions)
    if subcommand.actions.isEmpty { return "    \(subcommand.name)) \(options) ;;" }
    return """
          \(subcommand.name))
            if ((COMP_CWORD == 2)) && [[ $cur == -* ]]; then \(options); return 0; fi
            if ((COMP_CWORD == 2)); then
              _quicktun_offer -W '\(subcommand.actions.map(\.name).joined(separator: " "))'
              return 0
            fi
            case ${COMP_WORDS[2]} in
      \(subcommand.actions.map { "        \($0.name)) \(operand(of: $0)) ;;" }.joined(separator: "\n"))
            esac
            ;;
      """
  }

  private static func operand(of action: CommandAction) -> String {
    let options = action.options.isEmpty ? ":" : offer(action.completedOptions)
    guard case .device = action.operandValue else { return options }
    return "if ((COMP_CWORD == 3)); then _quicktun_devices; else \(options); fi"
  }
}
