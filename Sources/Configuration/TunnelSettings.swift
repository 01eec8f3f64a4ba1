public import ProtocolKit
public import Sodium
public import TunnelCore

/// What the user asked for, checked and complete: the settings of one tunnel. A new one has what holds where nothing is
/// given; `--help` and the manual pages take it from here.
public struct TunnelSettings: Sendable {
  public enum MTU: Sendable, Equatable { case auto, bytes(Int) }

  /// OFFLOAD: super-packets to and from the kernel. `on` wants to hear of it where they cannot be had.
  public enum Offload: String, CaseIterable, SettingConvertible { case auto, on, off }

  /// LOG_LEVEL, the chattiest last.
  public enum LogLevel: String, CaseIterable, SettingConvertible { case error, warning, notice, info, debug, trace }

  /// LOG_TO: where log lines go.
  public enum LogTarget: String, CaseIterable, SettingConvertible { case stderr, syslog }

  /// The value of PROTOCOL; nil until the default has been decided on.
  public var protocolName: String?
  /// Nil lets the kernel choose.
  public var interface: String?
  public var mode = DeviceMode.tap
  public var packetInformation = PacketInformation.none
  /// An address or a host name.
  public var localAddress: String?
  public var localPort: UInt16 = 2998
  public var remoteAddress: String?
  public var remotePort: UInt16 = 2998
  public var remoteFloat = false
  public var tunUpScript: String?
  /// Seconds.
  public var scriptTimeout = 120
  public var setuid: String?
  public var chroot: String?
  public var peerKey: PublicKey?
  public var privateKey: SecretKey?
  public var privateKeyFile: String?
  public var debug = false
  public var explicitLogLevel: LogLevel?
  public var logTarget = LogTarget.stderr
  public var offload = Offload.auto
  /// Nil leaves the device as it is.
  public var mtu: MTU?
  /// Packets.
  public var replayWindow = ProtocolParameters.usualReplayWindow
  /// Those that protocols have of their own, by name.
  public var ofProtocols: [String: SettingValue] = [:]

  /// Each setting that was given, name and value as they were spelled: "IF_QT_LOCAL_PORT=2998". Secrets without value.
  public var spellings: [String: String] = [:]

  public init() {}

  /// The setting as the user wrote it, for a message.
  public func spelled(_ name: String) -> String { spellings[name] ?? name }

  public var logLevel: LogLevel { explicitLogLevel ?? (debug ? .debug : .notice) }
}
