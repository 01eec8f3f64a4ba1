public import ProtocolKit
public import TunnelCore

// The types of `TunnelSettings` as values of settings.

extension SettingConvertible where Self: RawRepresentable<Int> {
  public init?(_ value: SettingValue) {
    guard case .number(let number) = value else { return nil }
    self.init(rawValue: number)
  }

  public var settingValue: SettingValue { .number(rawValue) }
}

extension SettingConvertible where Self: RawRepresentable<String> {
  public init?(_ value: SettingValue) {
    guard case .text(let text) = value else { return nil }
    self.init(rawValue: text)
  }

  public var settingValue: SettingValue { .text(rawValue) }
}

extension SettingKind {
  static func choice<Choice: RawRepresentable<String> & CaseIterable>(of type: Choice.Type) -> SettingKind {
    .choice(Choice.allCases.map(\.rawValue))
  }
}

extension PacketInformation: SettingConvertible {}

extension DeviceMode: SettingConvertible {
  public init?(_ value: SettingValue) {
    switch value {
    case .number(0): self = .tap
    case .number(1): self = .tun
    default: return nil
    }
  }

  public var settingValue: SettingValue { .number(self == .tun ? 1 : 0) }
}

extension TunnelSettings.MTU: SettingConvertible {
  public init?(_ value: SettingValue) {
    switch value {
    case .number(let bytes): self = .bytes(bytes)
    case .text: self = .auto
    }
  }

  public var settingValue: SettingValue {
    switch self {
    case .auto: .text("auto")
    case .bytes(let bytes): .number(bytes)
    }
  }
}
