/// What cures more than one thing, so that it is worded once.
package enum Cure {
  // MARK: Settings

  package static let listSettings = "The settings are listed by: quicktun --help"

  // MARK: Keys and the peer

  package static let makeKeyPair = "Make a pair with: quicktun keypair"
  package static let replaceKeyPair = "Give the peer's public key; and make a new pair: quicktun keypair"
  package static let askForPublicKey = "Ask the peer for the PUBLIC line of its keypair."
  package static let pointAtPeer = "Point REMOTE_ADDRESS and REMOTE_PORT at the peer."
  /// For a file with a secret in it.
  package static func hideFromOthers(_ path: String) -> String { "chmod o= \(path)" }
  package static func setAlike(_ setting: String) -> String { "Set \(setting) alike on both sides." }

  // MARK: This host

  /// /dev/net/tun, which everybody may open, as udev makes it.
  package static let makeDeviceNode = "mknod /dev/net/tun c 10 200 && \(openDeviceNode)"
  package static let openDeviceNode = "chmod 666 /dev/net/tun"
  package static let loadTunDriver = "modprobe tun"
  package static let chooseAnotherInterface = "Choose another INTERFACE."
  /// `process` has the device.
  package static func endHolder(_ process: Int32) -> String { "kill \(process), or choose another INTERFACE" }
  package static func removeDevice(_ name: String) -> String { "quicktun device del \(name)" }
  package static func setMTU(of name: String, to bytes: Int) -> String { "ip link set \(name) mtu \(bytes)" }
  package static func addUser(_ name: String) -> String { "adduser --system \(name)" }
  package static let startSyslog = "Start a syslog (systemd-journald, rsyslogd, syslogd), or leave LOG_TO out."
  package static let checkAsRoot = "As root, check knows."
}
