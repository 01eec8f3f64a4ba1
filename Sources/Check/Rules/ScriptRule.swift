package import Configuration

extension CheckRules {
  /// What stands where a shell command begins.
  package enum CommandState: Sendable, Equatable { case executable, notExecutable, missing }

  /// TUN_UP_SCRIPT, which /bin/sh runs: whether its first word is a command. `look` tells of a path, and looks through
  /// PATH for a word without a slash. What the shell would make of quotes, variables and the like is not guessed at.
  package static func script(
    _ settings: TunnelSettings, look: (_ command: String) -> CommandState
  ) -> [Finding] {
    guard let script = settings.tunUpScript, let command = firstWord(of: script) else { return [] }
    let isPath = command.contains("/")
    if !isPath && ownWords.contains(command) { return [] }
    let spelled = "TUN_UP_SCRIPT: \(command)"
    switch look(command) {
    case .executable: return []
    case .notExecutable:
      return [Finding("script", .problem, "\(spelled) is not executable", cure: "chmod +x \(command)")]
    case .missing where isPath: return [Finding("script", .problem, "\(spelled): no such file")]
    case .missing:
      return [
        Finding(
          "script", .warning, "\(spelled): no such command in PATH",
          why: "PATH may be another where the tunnel is started.", cure: "Give its whole path.")
      ]
    }
  }

  /// Up to a blank or an operator; nil if the shell has to interpret something in it.
  private static func firstWord(of script: String) -> String? {
    let word = script.drop { $0 == " " || $0 == "\t" }.prefix { !" \t\n;&|<>".contains($0) }
    return word.isEmpty || word.contains(where: { "$`\"'\\(){}*?[]~#!=".contains($0) }) ? nil : String(word)
  }

  /// The shell's own: reserved words and built-in utilities (POSIX.1-2017, XCU 2.4 and 2.14, and dash(1)).
  private static let ownWords: Set<String> = [
    "if", "for", "while", "until", "case", ".", ":", "alias", "bg", "break", "cd", "command", "continue", "echo",
    "eval", "exec", "exit", "export", "false", "fg", "getopts", "hash", "jobs", "kill", "local", "printf", "pwd",
    "read",
    "readonly", "return", "set", "shift", "test", "times", "trap", "true", "type", "ulimit", "umask", "unalias",
    "unset",
    "wait",
  ]
}
