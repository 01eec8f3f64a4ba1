import Configuration

/// The mdoc list of some of the settings, each with all that the table tells of it.
struct SettingList {
  /// How a page spells a name with its value.
  enum Spelling: String {
    /// `--local-port PORT`
    case option
    /// `LOCAL_PORT=PORT`
    case conf
    /// `qt_local_port PORT`
    case interfaces
  }

  /// Which of them: those of quicktun 2.2.6, or the others.
  enum Origin: String { case original, new }

  private let origin: Origin
  private let spelling: Spelling

  /// `words` are those of a marker: "original conf".
  init?(_ words: [String]) {
    guard words.count == 2, let origin = Origin(rawValue: words[0]), let spelling = Spelling(rawValue: words[1]) else {
      return nil
    }
    self.origin = origin
    self.spelling = spelling
  }

  var lines: [String] {
    [".Bl -tag -width Ds"] + Setting.all.filter { $0.isOriginal == (origin == .original) }.flatMap(item) + [".El"]
  }

  private func item(_ setting: Setting) -> [String] {
    [".It " + head(setting)] + Mdoc.prose(setting.summary) + Mdoc.prose("Accepted: \(setting.accepted).")
      + Mdoc.prose("If not given: \(setting.fallback).")
  }

  private func head(_ setting: Setting) -> String {
    let value = Mdoc.placeholder(setting.placeholder)
    switch spelling {
    case .option: return Mdoc.option(setting.option) + (setting.isSwitch ? " Op " : " ") + value
    case .conf: return "Cm " + Mdoc.literal(setting.name) + "= Ns " + value
    case .interfaces: return "Cm " + Mdoc.literal("qt_" + setting.name.lowercased()) + " " + value
    }
  }
}
