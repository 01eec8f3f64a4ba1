/// `--help`, from the table, within 80 columns.
public enum Help {
  public static func settings(_ table: SettingsTable) -> String {
    table.all.map { setting in
      let head = "  \(setting.option) \(setting.placeholder)"
      let body = "\(setting.name): \(setting.summary) [\(setting.fallback)]"
      return ([head] + wrapped(body, columns: 72).map { "        " + $0 }).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// Lines of at most `columns` characters, broken at blanks.
  package static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty && line.count + 1 + word.count > columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
