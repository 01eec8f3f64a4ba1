public import ProtocolKit
import TunnelCore

/// The one table of settings: those that every tunnel has, and those of the program's protocols. A new one is a line here
/// and a property of `TunnelSettings`, or a line in a protocol's description.
public struct SettingsTable: Sendable {
  /// In the order of `--help`: those of quicktun 2.2.6, then the others.
  public let all: [Setting]

  /// Traps if two that are not alike have one name.
  public init(_ protocols: [ProtocolDescription]) {
    let ofProtocols = Self.ofProtocols(protocols)
    all =
      Self.original(protocols) + ofProtocols.filter(\.isOriginal) + Self.lastOriginal + Self.new
      + ofProtocols.filter { !$0.isOriginal }
    precondition(Set(all.map(\.name)).count == all.count, "a protocol's setting has the name of another")
  }

  public func named(_ name: String) -> Setting? { all.first { $0.name == name } }

  /// The setting that `option` names, dashes and all; `--local_port` is taken as well.
  func withOption(_ option: String) -> Setting? {
    let canonical = Setting.dashed(option)
    return all.first { $0.option == canonical }
  }

  // MARK: Those of every tunnel

  private static func original(_ protocols: [ProtocolDescription]) -> [Setting] {
    let needed = needed(protocols)
    return [
      Setting(
        "PROTOCOL", .text(.protocolName), \.protocolName, of: .peer, otherwise: assumed(protocols),
        "How packets are sealed; both sides need the same."),
      Setting(
        "INTERFACE", .text(.interfaceName), \.interface, of: .device, otherwise: "the kernel's choice",
        "Device name. In ifupdown's environment IFACE."),
      Setting(
        "TUN_MODE", .code(0...1, meaning: ["tap", "tun"]), \.mode, of: .device,
        "0 for a tap device (Ethernet frames), 1 for a tun device (IP packets)."),
      Setting(
        "USE_PI", .code(0...2), \.packetInformation, of: .device,
        "Packet information: 1 on the wire too, 2 on the device only (tun mode)."),
      Setting(
        "LOCAL_ADDRESS", .text(.address), \.localAddress, of: .process, otherwise: "any", "Address or name to bind."),
      Setting(
        "LOCAL_PORT", .number(0...65535), \.localPort, of: .process, placeholder: "PORT",
        "UDP port to bind; 0 takes any free port."),
      Setting(
        "REMOTE_ADDRESS", .text(.address), \.remoteAddress, of: .peer, otherwise: "wait for the peer",
        "Where the peer is; unset or all-zero waits for it to speak first."),
      Setting(
        "REMOTE_PORT", .number(1...65535), \.remotePort, of: .peer, placeholder: "PORT", "The peer's UDP port."),
      Setting(
        "REMOTE_FLOAT", .presence(off: ["0", "no", "false", "off"]), \.remoteFloat, of: .peer,
        "The peer may change its address. If it does not answer there, it is looked for at REMOTE_ADDRESS too."),
      Setting(
        "TUN_UP_SCRIPT", .text(.command), \.tunUpScript, of: .device, otherwise: "none",
        "Run once the device is open, before privileges are dropped."),
      Setting("SETUID", .text(.user), \.setuid, of: .process, otherwise: "stay", "User to become after set-up."),
      Setting(
        "CHROOT", .text(.directory), \.chroot, of: .process, otherwise: "none", "Directory to enter before that."),
      Setting("PUBLIC_KEY", .text(.key), of: .peer, otherwise: needed, "The peer's public key.") {
        text, settings throws(SettingRejection) in
        settings.peerKey = try publicKey(text)
      },
      Setting(
        "PRIVATE_KEY", .text(.key), of: .process, otherwise: needed, "Your own secret key. It wins over the file."
      ) { text, settings throws(SettingRejection) in
        settings.privateKey = try secretKey(hex: text)
      }.secret,
      Setting(
        "PRIVATE_KEY_FILE", .text(.keyFile), \.privateKeyFile, of: .process, otherwise: "none",
        "A file that holds your own secret key."),
    ]
  }

  private static let lastOriginal = [
    Setting("DEBUG", .presence(), \.debug, of: .process, "Log level debug. Never shows keys."),
    Setting(
      "NO_PRECREATE", .presence(), of: .device, otherwise: "off",
      "For Debian's hooks: run as root, without a persistent device."
    ) { _, _ in },
  ]

  private static let new = [
    Setting(
      "LOG_LEVEL", .choice(of: TunnelSettings.LogLevel.self), \.explicitLogLevel, of: .process, placeholder: "LEVEL",
      otherwise: TunnelSettings().logLevel.rawValue, "How much is logged."),
    Setting(
      "LOG_TO", .choice(of: TunnelSettings.LogTarget.self), \.logTarget, of: .process,
      "Where it is logged; with syslog, on standard error too until the tunnel is up."),
    Setting(
      "SCRIPT_TIMEOUT", .number(1...86400, unit: "seconds"), \.scriptTimeout, of: .device,
      "How long TUN_UP_SCRIPT may take; then it is ended, and the tunnel goes on."),
    Setting(
      "OFFLOAD", .choice(of: TunnelSettings.Offload.self), \.offload, of: .device,
      "Super-packets to and from the kernel; on warns where they cannot be had."),
    Setting(
      "MTU", .number(68...65535, unit: "bytes", or: "auto"), \.mtu, of: .device,
      otherwise: "leave the device as it is",
      "The device's MTU; auto is the largest that the route takes in one piece."),
    Setting(
      "REPLAY_WINDOW", .number(5...65536, unit: "packets"), \.replayWindow, of: .peer,
      "How many packets are remembered; 5 is as in quicktun 2.2.6."),
  ].map(\.new)

  // MARK: What the protocols say

  private static func assumed(_ protocols: [ProtocolDescription]) -> String {
    protocols.assumed(withKeys: true).map { "\($0.name) with a key, else none" } ?? "none"
  }

  private static func needed(_ protocols: [ProtocolDescription]) -> String {
    let keyless = protocols.filter { !$0.needsKeys }.map(\.name)
    return keyless.isEmpty ? "needed" : "needed but for \(keyless.enumeration)"
  }

  private static func ofProtocols(_ protocols: [ProtocolDescription]) -> [Setting] {
    protocols.settings.map { declared in
      let names = protocols.names(knowing: declared.name).joined(separator: ", ")
      let setting = Setting(
        declared.name, declared.kind, of: .peer, otherwise: declared.fallback, "\(names): \(declared.summary)"
      ) { text, settings throws(SettingRejection) in
        settings.ofProtocols[declared.name] = try declared.kind.value(of: text)
      }
      return declared.isOriginal ? setting : setting.new
    }
  }
}
