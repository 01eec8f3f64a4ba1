/// A setting of a protocol's own. Named in the protocol's description it is taken from the command line, the
/// environment and files like any other, stands in `--help`, and reaches the protocol as
///
///     parameters[.role]
///
/// `Value` is optional if nothing holds where the setting is not given. Secrets do not belong here: a value is an
/// ordinary string, which nobody wipes and messages quote.
public struct ProtocolSetting<Value: Sendable>: DeclaredSetting {
  public let name: String
  public let kind: SettingKind
  public let fallback: String
  public let summary: String
  public private(set) var ifAbsent: Advice?
  public private(set) var onlyRefusesOld = false
  public private(set) var isOriginal = false
  let value: @Sendable (SettingValue?) -> Value
  let stored: @Sendable (Value) -> SettingValue?
}

extension ProtocolSetting where Value: SettingConvertible {
  /// `fallback` holds where it is not given. Traps if `Value` cannot hold all that `kind` accepts.
  public init(_ name: String, _ kind: SettingKind, default fallback: Value, _ summary: String) {
    precondition(kind.fits(Value.self), "\(name) has values that are no \(Value.self)")
    self.name = name
    self.kind = kind
    self.fallback = kind.text(of: fallback.settingValue)
    self.summary = summary
    value = { $0.flatMap(Value.init) ?? fallback }
    stored = { $0.settingValue }
  }
}

extension ProtocolSetting {
  /// `words` tell what happens where it is not given. Traps likewise.
  public init<Wrapped: SettingConvertible>(
    _ name: String, _ kind: SettingKind, otherwise words: String, _ summary: String, ifAbsent: Advice? = nil,
    onlyRefusesOld: Bool = false
  ) where Value == Wrapped? {
    precondition(kind.fits(Wrapped.self), "\(name) has values that are no \(Wrapped.self)")
    self.name = name
    self.kind = kind
    fallback = words
    self.summary = summary
    self.ifAbsent = ifAbsent
    self.onlyRefusesOld = onlyRefusesOld
    value = { $0.flatMap(Wrapped.init) }
    stored = { $0?.settingValue }
  }

  /// The same for a name that quicktun 2.2.6 has too.
  var original: Self {
    var setting = self
    setting.isOriginal = true
    return setting
  }
}

/// What the rest of the program knows of a protocol's setting.
public protocol DeclaredSetting: Sendable {
  var name: String { get }
  var kind: SettingKind { get }
  /// What holds where it is not given, in words.
  var fallback: String { get }
  /// One sentence, without the protocol's name.
  var summary: String { get }
  /// What is to be said where it is not given.
  var ifAbsent: Advice? { get }
  /// Whether all that it does is to refuse what is old. Who only wants to know whose a datagram is leaves it out.
  var onlyRefusesOld: Bool { get }
  /// Whether quicktun 2.2.6 has it too.
  var isOriginal: Bool { get }
}
