/// A setting's value, read and checked.
public enum SettingValue: Sendable, Equatable {
  case number(Int)
  case text(String)
}

/// Why a value is not accepted, if the setting's own words are not enough.
public struct SettingRejection: Error, Equatable {
  public var why: String?
  public var cure: String?

  public init(_ why: String? = nil, cure: String? = nil) {
    self.why = why
    self.cure = cure
  }
}

/// A type that a setting's value may have.
public protocol SettingConvertible: Sendable {
  /// Nil for a value that it cannot have.
  init?(_ value: SettingValue)
  var settingValue: SettingValue { get }
}

extension SettingConvertible where Self: BinaryInteger {
  public init?(_ value: SettingValue) {
    guard case .number(let number) = value else { return nil }
    self.init(exactly: number)
  }

  public var settingValue: SettingValue { .number(Int(self)) }
}

extension Int: SettingConvertible {}
extension UInt16: SettingConvertible {}
extension UInt32: SettingConvertible {}

extension Bool: SettingConvertible {
  public init?(_ value: SettingValue) {
    guard case .number(let number) = value else { return nil }
    self = number != 0
  }

  public var settingValue: SettingValue { .number(self ? 1 : 0) }
}

extension String: SettingConvertible {
  public init?(_ value: SettingValue) {
    guard case .text(let text) = value else { return nil }
    self = text
  }

  public var settingValue: SettingValue { .text(self) }
}
