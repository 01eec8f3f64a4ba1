public import ProtocolKit

/// One setting: all that the parser, `--help`, the warnings and the manual pages know of it.
public struct Setting: Sendable {
  /// What it belongs to: with one peer that is all one tunnel.
  public enum Scope: Sendable, CaseIterable {
    /// The program: its socket, its key, its log, its user.
    case process
    /// The tun or tap device.
    case device
    /// The one at the other end: what holds for him may differ from what holds for another.
    case peer
  }

  public let name: String
  public let kind: SettingKind
  public let scope: Scope
  /// What stands for the value in `--help`.
  public let placeholder: String
  /// What holds where it is not given.
  public let fallback: String
  /// One sentence.
  public let summary: String
  /// Whether quicktun 2.2.6 has it too.
  public private(set) var isOriginal = true
  /// Whether its value must never be shown.
  public private(set) var isSecret = false
  let read: Reader

  /// Puts a trimmed value into the settings.
  typealias Reader = @Sendable (GivenText, inout TunnelSettings) throws(SettingRejection) -> Void

  /// What is accepted, in the words of a message: "0 to 65535".
  public var accepted: String { kind.accepted }

  /// Whether its presence counts: its option may stand alone.
  package var isSwitch: Bool { kind.isSwitch }

  /// The name as an option: LOCAL_PORT is `--local-port`.
  public var option: String { "--" + Self.dashed(name) }

  /// An option as it is compared: `--local_port` is taken as well.
  static func dashed(_ name: String) -> String { String(name.lowercased().map { $0 == "_" ? "-" : $0 }) }

  /// The same as one that quicktun 2.2.6 does not have.
  var new: Setting {
    var setting = self
    setting.isOriginal = false
    return setting
  }

  /// The same as one whose value must never be shown.
  var secret: Setting {
    var setting = self
    setting.isSecret = true
    return setting
  }
}

// MARK: Lines of the table

extension Setting {
  /// Where it is not given the property has the value that a new `TunnelSettings` has.
  init<Value: SettingConvertible>(
    _ name: String, _ kind: SettingKind, _ property: any WritableKeyPath<TunnelSettings, Value> & Sendable,
    of scope: Scope,
    placeholder: String? = nil, _ summary: String
  ) {
    assert(kind.fits(Value.self), name)
    self.init(
      name, kind, of: scope, placeholder: placeholder,
      otherwise: kind.text(of: TunnelSettings()[keyPath: property].settingValue), summary
    ) { text, settings throws(SettingRejection) in
      settings[keyPath: property] = try kind.typed(text)
    }
  }

  /// Where it is not given the property is nil; `words` tell what that means.
  init<Value: SettingConvertible>(
    _ name: String, _ kind: SettingKind, _ property: any WritableKeyPath<TunnelSettings, Value?> & Sendable,
    of scope: Scope, placeholder: String? = nil, otherwise words: String, _ summary: String
  ) {
    assert(kind.fits(Value.self), name)
    self.init(name, kind, of: scope, placeholder: placeholder, otherwise: words, summary) {
      text, settings throws(SettingRejection) in
      settings[keyPath: property] = try kind.typed(text)
    }
  }

  /// One that is read in a way of its own.
  init(
    _ name: String, _ kind: SettingKind, of scope: Scope, placeholder: String? = nil, otherwise words: String,
    _ summary: String, read: @escaping Reader
  ) {
    self.name = name
    self.kind = kind
    self.scope = scope
    self.placeholder = placeholder ?? kind.placeholder
    fallback = words
    self.summary = summary
    self.read = read
  }
}

extension SettingKind {
  /// What a given text means. A switch is on whatever the text, be it none.
  func value(of given: GivenText) throws(SettingRejection) -> SettingValue {
    guard let text = given.revealed ?? (isSwitch ? "" : nil) else {
      throw SettingRejection("The value is not UTF-8 text.")
    }
    return try value(of: text)
  }

  fileprivate func typed<Value: SettingConvertible>(_ given: GivenText) throws(SettingRejection) -> Value {
    guard let value = Value(try value(of: given)) else { throw SettingRejection() }
    return value
  }
}
