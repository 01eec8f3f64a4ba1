import TunnelCore

extension Setting {
  /// The one table of settings. A new one is a line here and a property of `TunnelSettings`.
  public static let all: [Setting] = [
    Setting(
      "PROTOCOL", "NAME", accepted: "the name of a protocol", default: "nacl0 with a key, else none",
      "How packets are sealed; both sides need the same."
    ) { $1.protocolName = try text($0) },
    Setting(
      "INTERFACE", "NAME", accepted: "1 to 15 characters without blanks, / or :", default: "the kernel's choice",
      "Device name. In ifupdown's environment IFACE."
    ) { $1.interface = try interfaceName($0) },
    Setting(
      "TUN_MODE", "0|1", accepted: "0 (tap) or 1 (tun)", default: "0",
      "0 for a tap device (Ethernet frames), 1 for a tun device (IP packets)."
    ) { $1.mode = try number($0, in: 0...1) == 1 ? .tun : .tap },
    Setting(
      "USE_PI", "0|1|2", accepted: "0, 1 or 2", default: "0",
      "Packet information: 1 on the wire too, 2 on the device only (tun mode)."
    ) { $1.packetInformation = .init(rawValue: try number($0, in: 0...2)) ?? .none },
    Setting(
      "LOCAL_ADDRESS", "ADDRESS", accepted: "an address or a host name", default: "any", "Address or name to bind."
    ) { $1.localAddress = try word($0) },
    Setting(
      "LOCAL_PORT", "PORT", accepted: "0 to 65535", default: "2998", "UDP port to bind; 0 takes any free port."
    ) { $1.localPort = UInt16(try number($0, in: 0...65535)) },
    Setting(
      "REMOTE_ADDRESS", "ADDRESS", accepted: "an address or a host name", default: "wait for the peer",
      "Where the peer is; unset or all-zero waits for it to speak first."
    ) { $1.remoteAddress = try word($0) },
    Setting(
      "REMOTE_PORT", "PORT", accepted: "1 to 65535", default: "2998", "The peer's UDP port."
    ) { $1.remotePort = UInt16(try number($0, in: 1...65535)) },
    Setting(
      "REMOTE_FLOAT", "1", accepted: "any value; 0, no, false and off mean off", default: "off",
      "The peer may change its address.", blank: .counts
    ) { $1.remoteFloat = !isOff($0) },
    Setting(
      "TUN_UP_SCRIPT", "COMMAND", accepted: "a shell command", default: "none",
      "Run once the device is open, before privileges are dropped.", mayHoldComment: true
    ) { $1.tunUpScript = try text($0) },
    Setting(
      "SETUID", "USER", accepted: "a user name", default: "stay", "User to become after set-up."
    ) { $1.setuid = try word($0) },
    Setting(
      "CHROOT", "DIRECTORY", accepted: "a directory", default: "none", "Directory to enter before that."
    ) { $1.chroot = try text($0) },
    Setting(
      "PUBLIC_KEY", "HEX", accepted: "64 hexadecimal digits", default: "needed but for raw", "The peer's public key."
    ) { $1.peerKey = try publicKey($0) },
    Setting(
      "PRIVATE_KEY", "HEX", accepted: "64 hexadecimal digits", default: "needed but for raw",
      "The own secret key. It wins over the file.", isSecret: true
    ) { $1.privateKey = try secretKey(hex: $0) },
    Setting(
      "PRIVATE_KEY_FILE", "FILE", accepted: "a file with 32 bytes or 64 hexadecimal digits", default: "none",
      "A file that holds the own secret key."
    ) { $1.privateKeyFile = try text($0) },
    Setting(
      "TIME_WINDOW", "SECONDS", accepted: "0 to 2147483647 seconds", default: "no limit",
      "nacltai: how old the first packet from the peer may be."
    ) { $1.timeWindow = UInt32(try number($0, in: 0...Int(Int32.max))) },
    Setting(
      "ROLE", "0|1", accepted: "0 or 1", default: "compare the keys",
      "nacltai: tells the two directions apart in place of the keys' order."
    ) { $1.role = try number($0, in: 0...1) == 1 },
    Setting(
      "DEBUG", "1", accepted: "any value", default: "off", "Log level debug. Never shows keys.", blank: .counts
    ) { $1.debug = true },
    Setting(
      "NO_PRECREATE", "1", accepted: "any value", default: "off",
      "For Debian's hooks: run as root, without a persistent device.", blank: .counts
    ) { _, _ in },
    Setting(
      "LOG_LEVEL", "LEVEL", accepted: "error, warning, notice, info, debug or trace", default: "notice",
      "How much is logged.", isOriginal: false
    ) { $1.explicitLogLevel = try choice($0) },
    Setting(
      "LOG_TO", "stderr|syslog", accepted: "stderr or syslog", default: "stderr",
      "Where it is logged; with syslog, on standard error too until the tunnel is up.", isOriginal: false
    ) { $1.logTarget = try choice($0) },
    Setting(
      "SCRIPT_TIMEOUT", "SECONDS", accepted: "1 to 86400 seconds", default: "120",
      "How long TUN_UP_SCRIPT may take; then it is ended, and the tunnel goes on.", isOriginal: false
    ) { $1.scriptTimeout = try number($0, in: 1...86400) },
    Setting(
      "OFFLOAD", "auto|on|off", accepted: "auto, on or off", default: "auto",
      "Super-packets to and from the kernel; on warns where they cannot be had.", isOriginal: false
    ) { $1.offload = try choice($0) },
    Setting(
      "MTU", "BYTES|auto", accepted: "68 to 65535 bytes, or auto", default: "leave the device as it is",
      "The device's MTU; auto is the largest that the route takes in one piece.", isOriginal: false
    ) { $1.mtu = try mtu($0) },
    Setting(
      "REPLAY_WINDOW", "PACKETS", accepted: "5 to 65536 packets", default: "2048",
      "How many packets are remembered; 5 is as in quicktun 2.2.6.", isOriginal: false
    ) { $1.replayWindow = try number($0, in: 5...65536) },
  ]
}
