/// The environment's two ways to hold settings: ifupdown's `IF_QT_NAME=value` with `IFACE`, and plain `NAME=value`.
struct Environment {
  private(set) var ifupdown: [GivenSetting] = []
  private(set) var plain: [GivenSetting] = []
  private var unknownIfupdown: [String] = []
  private var others: [String] = []
  private let table: SettingsTable

  private static let prefix = "IF_QT_"

  init(_ entries: [GivenText], _ table: SettingsTable) {
    self.table = table
    var iface: GivenText?
    for entry in entries {
      guard let equals = entry.firstIndex(of: 0x3d), let name = entry.upTo(equals).revealed else { continue }
      let value = entry.from(equals + 1).trimmed
      if name == "IFACE" {
        iface = value
      } else if name.hasPrefix(Self.prefix) {
        addIfupdown(String(name.dropFirst(Self.prefix.count)), value)
      } else if let setting = table.named(name) {
        plain.append(GivenSetting(setting: setting, spelling: .plain, value: value))
      } else {
        others.append(name)
      }
    }
    if isIfupdown, let iface, let setting = table.named("INTERFACE") {
      ifupdown.append(GivenSetting(setting: setting, spelling: .iface, value: iface))
    }
  }

  /// One variable of `entries`; nil if it is not there or empty.
  static func value(of name: String, in entries: [GivenText]) -> String? {
    for entry in entries {
      guard let equals = entry.firstIndex(of: 0x3d), entry.upTo(equals).revealed == name else { continue }
      return entry.from(equals + 1).revealed.flatMap { $0.isEmpty ? nil : $0 }
    }
    return nil
  }

  /// Whether ifupdown, or somebody in its stead, started the program.
  var isIfupdown: Bool { !ifupdown.isEmpty || !unknownIfupdown.isEmpty }

  private mutating func addIfupdown(_ name: String, _ value: GivenText) {
    if let setting = table.named(name) {
      ifupdown.append(GivenSetting(setting: setting, spelling: .ifupdown, value: value))
    } else {
      unknownIfupdown.append(name)
    }
  }

  func warnOfUnknown(_ problems: inout Problems) {
    for name in unknownIfupdown { problems.warnOfUnknown(Self.prefix + name, name: name) }
  }

  /// Plain names are generic words, so only one that is nearly a setting's is told of.
  func warnOfNearlySettings(_ problems: inout Problems) {
    let known = table.all.map(\.name).filter { $0.utf8.count >= 6 }
    for name in others where name.utf8.count >= 4 && nearest(to: name, in: known, atMost: 2) != nil {
      problems.warnOfUnknown(name, name: name)
    }
  }

  /// Plain names that were not read because settings came from elsewhere.
  func warnOfIgnored(_ problems: inout Problems) {
    for occurrence in plain {
      problems.warn(
        "\(occurrence.label) in the environment: ignored",
        why: "Plain names count only where no -c or --name, no IF_QT_ name and no file is given.",
        cure: "Write \(occurrence.setting.option), or IF_QT_\(occurrence.setting.name).")
      problems.doubt(occurrence.setting.name, "\(occurrence.label) in the environment is ignored")
    }
  }
}
