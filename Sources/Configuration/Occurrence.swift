/// A setting as somebody gave it: where, in which spelling, with what value.
struct Occurrence: Sendable {
  enum Spelling: Sendable, Equatable {
    /// `-c LOCAL_PORT 2998`
    case short
    /// `--local-port 2998`
    case long
    /// `IF_QT_LOCAL_PORT=2998`, which ifupdown makes of `qt_local_port 2998`
    case ifupdown
    /// `IFACE=qt0`, which is INTERFACE in ifupdown's environment
    case iface
    /// `LOCAL_PORT=2998` in the environment
    case plain
    /// `LOCAL_PORT=2998` in a file
    case file(path: String, line: Int)
  }

  let setting: Setting
  let spelling: Spelling
  let value: GivenText

  /// The name as it was spelled.
  var label: String {
    switch spelling {
    case .short: "-c \(setting.name)"
    case .long: setting.option
    case .ifupdown: "IF_QT_\(setting.name)"
    case .iface: "IFACE"
    case .plain: setting.name
    case .file(let path, let line): "\(path):\(line): \(setting.name)"
    }
  }

  /// Name and value as they were spelled, a secret's value left out.
  var text: String {
    guard !setting.isSecret else { return label }
    let shown = value.revealed.map(printable) ?? "(not UTF-8)"
    return spelling == .short || spelling == .long ? "\(label) \(shown)" : "\(label)=\(shown)"
  }

  /// Whether others on this host can see the value in the list of processes.
  var isOnCommandLine: Bool { spelling == .short || spelling == .long }
}

/// `text` without control characters, and not endless.
func printable(_ text: String) -> String {
  let shown = String(text.unicodeScalars.prefix(200).map(Character.init))
  return withoutControls(text.unicodeScalars.count > 200 ? shown + "..." : shown)
}

/// `text` with a question mark for each control character.
func withoutControls(_ text: String) -> String {
  String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : Character($0) })
}

/// What was found wrong, and what only odd.
struct Findings {
  var complaints: [Complaint] = []
  var warnings: [Complaint] = []

  mutating func complain(_ what: String, why: String? = nil, cure: String? = nil) {
    complaints.append(Complaint(what, why: why, cure: cure))
  }

  mutating func warn(_ what: String, why: String? = nil, cure: String? = nil) {
    warnings.append(Complaint(what, why: why, cure: cure))
  }

  /// A name that is no setting: told, since it may be a setting misspelled, but not fatal, since quicktun never minded.
  mutating func warnOfUnknown(_ label: String, name: String) {
    let near = nearest(to: name.uppercased(), in: Setting.all.map(\.name))
    warn(
      "\(printable(label)): unknown, ignored", why: near.map { "Perhaps \($0) was meant." },
      cure: near == nil ? "The settings are listed by: quicktun --help" : nil)
  }
}
