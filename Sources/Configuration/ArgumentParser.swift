/// The command line: `-c NAME VALUE` as quicktun has it, `--name VALUE` and `--name=VALUE`, `--config FILE`, help and
/// version.
struct ArgumentParser {
  private let arguments: [GivenText]
  private let table: SettingsTable
  private var index = 0

  private(set) var occurrences: [GivenSetting] = []
  private(set) var configFile: String?
  private(set) var wantsHelp = false
  private(set) var wantsVersion = false
  /// The indices of arguments that hold a secret.
  private(set) var secretArguments: [Int] = []

  init(_ arguments: [GivenText], _ table: SettingsTable, _ problems: inout Problems) {
    self.table = table
    self.arguments = arguments
    while index < arguments.count { parseOne(&problems) }
  }

  private mutating func next() -> GivenText? {
    guard index < arguments.count else { return nil }
    defer { index += 1 }
    return arguments[index]
  }

  private mutating func parseOne(_ problems: inout Problems) {
    guard let argument = next() else { return }
    if argument.hasPrefix("--") { return parseLong(argument, &problems) }
    switch argument.revealed {
    case "-c": parseShort(&problems)
    case "-h": wantsHelp = true
    case "-v": wantsVersion = true
    default:
      // What stands where no value belongs might still be a key.
      problems.complain(
        "argument \(index): unexpected", why: "Settings are written -c NAME VALUE or --name VALUE.",
        cure: Cure.listSettings)
    }
  }

  private mutating func parseShort(_ problems: inout Problems) {
    guard let name = next()?.revealed else { return problems.complain("-c: NAME VALUE is missing") }
    let valueIndex = index
    guard let value = next() else { return problems.complain("-c \(printable(name)): the value is missing") }
    guard let setting = table.named(name) else {
      return problems.warnOfUnknown("-c \(name)", name: name)
    }
    add(setting, .short, value, at: valueIndex)
  }

  private mutating func parseLong(_ argument: GivenText, _ problems: inout Problems) {
    let equals = argument.firstIndex(of: 0x3d)
    let option = argument.upTo(equals ?? argument.count).revealed ?? ""
    let ownIndex = index - 1
    let attached = equals.map { argument.from($0 + 1) }
    switch option {
    case "--help": wantsHelp = true
    case "--version": wantsVersion = true
    case "--config": parseConfigFile(attached, &problems)
    default:
      guard let setting = table.withOption(option) else {
        complainOfUnknown(option, &problems)
        // What follows was meant as its value.
        if attached == nil, index < arguments.count, !arguments[index].hasPrefix("-") { index += 1 }
        return
      }
      if let attached { return add(setting, .long, attached, at: ownIndex) }
      guard let value = valueOf(setting) else { return problems.complain("\(option): the value is missing") }
      add(setting, .long, value, at: index - 1)
    }
  }

  /// The next argument, or nothing at all for a switch that stands alone.
  private mutating func valueOf(_ setting: Setting) -> GivenText? {
    let nextIsOption = index >= arguments.count || arguments[index].hasPrefix("-")
    if setting.isSwitch && nextIsOption { return GivenText("") }
    return next()
  }

  private mutating func parseConfigFile(_ attached: GivenText?, _ problems: inout Problems) {
    guard let path = (attached ?? next())?.revealed, !path.isEmpty else {
      return problems.complain("--config: the file's name is missing")
    }
    if configFile != nil {
      return problems.complain("--config \(printable(path)): a second file", why: "One can be read.")
    }
    configFile = path
  }

  private func complainOfUnknown(_ option: String, _ problems: inout Problems) {
    let near = nearest(to: option, in: table.all.map(\.option) + ["--config", "--help", "--version"])
    problems.complain(
      "\(printable(option)): unknown option", why: near.map(perhapsMeant), cure: Cure.listSettings)
  }

  private mutating func add(_ setting: Setting, _ spelling: GivenSetting.Spelling, _ value: GivenText, at position: Int)
  {
    occurrences.append(GivenSetting(setting: setting, spelling: spelling, value: value.trimmed))
    if setting.isSecret { secretArguments.append(position) }
  }
}
