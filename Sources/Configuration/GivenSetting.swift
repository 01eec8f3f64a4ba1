/// A setting as somebody gave it: where, in which spelling, with what value.
struct GivenSetting: Sendable {
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
