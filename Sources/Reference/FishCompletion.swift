import Commands
import Configuration

/// The completion for fish: a line for each option.
enum FishCompletion {
  static var text: String {
    """
    # fish completion for quicktun and keypair.
    # \(Completions.origin)

    function __quicktun_in --description 'Whether one of these subcommands is being typed'
        set -l words (commandline -opc)
        set -l current \(Completions.main.name)
        contains -- "$words[2]" \(Subcommand.all.map(\.name).joined(separator: " ")); and set current $words[2]
        contains -- $current $argv
    end

    function __quicktun_begins --description 'Whether nothing or these words stand before what is being typed'
        set -l words (commandline -opc)
        test "$words[2..-1]" = "$argv"
    end

    function __quicktun_within --description 'Whether the line begins with these two words'
        set -l words (commandline -opc)
        test "$words[2..3]" = "$argv"
    end

    function __quicktun_follows --description 'Whether this word stands just before what is being typed'
        set -l words (commandline -opc)
        test "$words[-1]" = "$argv"
    end

    function __quicktun_sets --description 'Whether a value of this setting is being typed, after -c NAME'
        set -l words (commandline -opc)
        test "$words[-2..-1]" = "-c $argv"
    end

    function __quicktun_devices --description 'tun and tap devices'
        for flags in /sys/class/net/*/tun_flags
            string split --fields 5 / $flags
        end
    end

    \(lines.joined(separator: "\n"))

    """
  }

  private static var lines: [String] {
    let program = "complete -c quicktun"
    let takers = Subcommand.all.filter(\.takesSettings).map(\.name).joined(separator: " ")
    return ["\(program) -f"]
      + Subcommand.all.map { word($0.name, $0.summary, program, "__quicktun_begins") }
      + CompletedOption.settings.flatMap { options($0, "\(program) -n '__quicktun_in \(takers)'") }
      + Setting.all.flatMap { values($0, program) }
      + Subcommand.all.flatMap { subcommand($0, program) }
      + Completions.named.flatMap { named in
        named.programNames.flatMap { name in
          ["complete -c \(name) -f"] + named.options.flatMap { options(CompletedOption($0), "complete -c \(name)") }
        }
      }
  }

  /// Its own options, and its actions with theirs.
  private static func subcommand(_ subcommand: Subcommand, _ program: String) -> [String] {
    let name = subcommand.name
    return subcommand.options.flatMap { options(CompletedOption($0), "\(program) -n '__quicktun_in \(name)'") }
      + subcommand.actions.flatMap { action -> [String] in
        let within = "\(program) -n '__quicktun_within \(name) \(action.name)'"
        return [word(action.name, action.summary, program, "__quicktun_begins \(name)")]
          + action.options.flatMap { options(CompletedOption($0), within) }
          + (offered(action.operandValue).map {
            ["\(program) -n '__quicktun_begins \(name) \(action.name)' -a '\($0)'"]
          } ?? [])
      }
  }

  private static func word(_ name: String, _ summary: String, _ program: String, _ condition: String) -> String {
    "\(program) -n '\(condition)' -a \(name) -d \(summary.withoutFullStop.quotedForFish)"
  }

  /// `-c NAME VALUE`
  private static func values(_ setting: Setting, _ program: String) -> [String] {
    let line = "\(program) -n '__quicktun_sets \(setting.name)'"
    switch OfferedValue(setting) {
    case .file, .directory: return ["\(line) -F"]
    case let value: return offered(value).map { ["\(line) -a '\($0)'"] } ?? []
    }
  }

  private static func options(_ option: CompletedOption, _ beginning: String) -> [String] {
    let names = option.names.map { $0.hasPrefix("--") ? "-l \($0.dropFirst(2))" : "-s \($0.dropFirst())" }
    let line = "\(beginning) \(names.joined(separator: " ")) -d \(option.summary.withoutFullStop.quotedForFish)"
    guard option.needsValue else { return [line] + optionalFile(option) }
    switch option.value {
    case .file: return [line + " -r -F"]
    case let value: return [line + " -x" + (offered(value).map { " -a '\($0)'" } ?? "")]
    }
  }

  /// fish has no options whose value may be left out: a file behind one is offered as a word of its own.
  private static func optionalFile(_ option: CompletedOption) -> [String] {
    guard case .file = option.value else { return [] }
    return option.names.map { "complete -c quicktun -n '__quicktun_follows \($0)' -F" }
  }

  /// What fish's `-a` takes; nil if there is nothing to offer.
  private static func offered(_ value: OfferedValue) -> String? {
    switch value {
    case .words(let words): words.joined(separator: " ")
    case .setting: Setting.all.map(\.name).joined(separator: " ")
    case .directory: "(__fish_complete_directories)"
    case .user: "(__fish_complete_users)"
    case .group: "(__fish_complete_groups)"
    case .host: "(__fish_print_hostnames)"
    case .device: "(__quicktun_devices)"
    case .file, .nothing: nil
    }
  }
}

extension String {
  fileprivate var quotedForFish: String { "'" + map { "'\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "'" }
}
