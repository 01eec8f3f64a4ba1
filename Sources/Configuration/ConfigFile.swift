/// A file of settings: `NAME=value`, a line each, `#` comments on lines of their own or behind a value. A value may
/// stand in single or double quotes, which keep blanks and `#`.
///
/// `export NAME=value` is taken as well. Of a shell script, which begins with `#!`, only such lines count: that is how
/// people wrap quicktun. Names that are no settings are the script's own there; elsewhere they are errors.
struct ConfigFile {
  static let largest = 1 << 16
  private static let export = Array("export ".utf8)
  let isScript: Bool
  private(set) var occurrences: [GivenSetting] = []
  private let table: SettingsTable

  init(path: String, _ file: ReadFile, _ table: SettingsTable, _ problems: inout Problems) {
    self.table = table
    let text = GivenText(file.contents)
    isScript = text.count > 2 && text[0] == 0x23 && text[1] == 0x21
    var line = 0
    var start = 0
    while start < text.count {
      line += 1
      let end = text.firstIndex(of: 0x0a, from: start) ?? text.count
      parse(text[start..<end].trimmed, path: path, line: line, &problems)
      start = end + 1
    }
    if file.othersMayRead && occurrences.contains(where: { $0.setting.isSecret }) {
      problems.warn(
        "\(path) holds a private key and every user can read it", cure: Cure.hideFromOthers(path))
    }
  }

  private mutating func parse(_ line: GivenText, path: String, line number: Int, _ problems: inout Problems) {
    if line.isEmpty || line[0] == 0x23 { return }
    let isExport = line.count > Self.export.count && Self.export.indices.allSatisfy { line[$0] == Self.export[$0] }
    let line = isExport ? line.from(Self.export.count).trimmed : line
    // Before an `=` there may be anything, a stray key included: it is not repeated.
    guard let equals = line.firstIndex(of: 0x3d), let name = line.upTo(equals).trimmed.revealed, isName(name) else {
      if isScript { return }  // a command
      return problems.complain("\(path):\(number): not a setting", why: "Lines are NAME=value, or comments after #.")
    }
    guard let setting = table.named(name) else {
      if isScript && !isExport { return }  // a variable of the script's own
      let label = "\(path):\(number): \(name)"
      return isScript
        ? problems.warnOfUnknown(label, name: name) : problems.complainOfUnknown(label, name: name)
    }
    let value = unquoted(line.from(equals + 1).trimmed)
    if isScript, value.firstIndex(of: 0x24) != nil || value.firstIndex(of: 0x60) != nil {
      problems.doubt(name, "\(path):\(number): \(name) is not looked at")
      return problems.warn("\(path):\(number): \(name): not looked at", why: "The shell makes its value.")
    }
    occurrences.append(GivenSetting(setting: setting, spelling: .file(path: path, line: number), value: value))
  }

  private func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 40
      && name.utf8.allSatisfy { (0x41...0x5a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
  }

  private func unquoted(_ value: GivenText) -> GivenText {
    if let quote = value.isEmpty ? nil : value[0], quote == 0x22 || quote == 0x27,
      let end = value.firstIndex(of: quote, from: 1)
    {
      let rest = value.from(end + 1).trimmed
      if rest.isEmpty || rest[0] == 0x23 { return value[1..<end] }
    }
    if !value.isEmpty && value[0] == 0x23 { return value.upTo(0) }
    return value.upTo(value.commentIndex ?? value.count).trimmed
  }
}
