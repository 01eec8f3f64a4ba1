import Configuration
import Check
import Diagnosis
import LinuxSystem
import ProtocolKit

/// What the unit quicktun@NAME.service gives besides /etc/quicktun/NAME.conf: --interface NAME, and the key in
/// /etc/quicktun/NAME.key as the credential private-key. Whoever checks that file means that tunnel.
struct UnitDefaults {
  private let name: String
  /// INTERFACE as the file has it, which does not count for the unit.
  private let ignoredInterface: String?

  private static let folder = "/etc/quicktun/"
  private var keyFile: String { "\(Self.folder)\(name).key" }

  /// Nil for any other file, and where the command line names a device of its own.
  init?(_ reading: SettingsReader.Reading) {
    guard let path = reading.configFile, path.hasPrefix(Self.folder), path.hasSuffix(".conf") else { return nil }
    name = String(path.dropFirst(Self.folder.count).dropLast(".conf".count))
    guard InterfaceNames.problem(with: name) == nil else { return nil }
    let given = reading.settings.spellings["INTERFACE"]
    if given?.hasPrefix("-") == true { return nil }
    ignoredInterface = reading.settings.interface == name ? nil : given
  }

  /// The settings as the unit's start would read them.
  func read(_ invocation: Invocation, _ protocols: [ProtocolDescription]) -> SettingsReader.Reading {
    let (keyFile, credentials) = (keyFile, "quicktun@\(name)")  // stands for a directory that only the service has
    return SettingsReader.read(
      .init(
        arguments: invocation.arguments + [GivenText("--interface"), GivenText(name)],
        environment: invocation.environment + [GivenText("CREDENTIALS_DIRECTORY=\(credentials)")],
        protocols: protocols,
        readFile: { (path, limit) throws(FileProblem) in
          try readFile(path == credentials + "/private-key" ? keyFile : path, limit)
        }))
  }

  /// Says what was assumed, and what the unit would mind.
  func findings(_ reading: SettingsReader.Reading) -> [Finding] {
    let settings = reading.settings
    let hasOwnKey = ["PRIVATE_KEY", "PRIVATE_KEY_FILE"].contains { settings.spellings[$0] != nil }
    let assumed = "As quicktun@\(name).service starts it: INTERFACE=\(name)" + (hasOwnKey ? "" : ", key in \(keyFile)")
    return [Finding("configuration", .ok, assumed)] + (hasOwnKey ? [] : lookAtKeyFile())
      + unheeded() + refused(settings)
  }

  private func lookAtKeyFile() -> [Finding] {
    do throws(FileProblem) {
      let file = try readFile(keyFile, KeyFile.largest)
      // The manager hands over whatever is there.
      let danger = KeyFile.danger(from: file.writers, keyFile, path: keyFile)
      return [
        KeyFile.exposure(of: file, keyFile, path: keyFile).map { Finding("keys", .warning, $0) },
        danger.map { Finding("keys", .problem, $0) },
      ].compactMap { $0 }
    } catch {
      return TextFile.exists(keyFile) ? [Finding("keys", .problem, "\(keyFile): \(error.reason)")] : []
    }
  }

  private func unheeded() -> [Finding] {
    guard let ignoredInterface else { return [] }
    return [
      Finding(
        "configuration", .warning, "\(ignoredInterface): not for quicktun@\(name).service",
        why: "Its device has the file's name.", cure: "Leave INTERFACE out; or for a start by hand: --interface NAME")
    ]
  }

  /// The service starts as an unprivileged user.
  private func refused(_ settings: TunnelSettings) -> [Finding] {
    ["SETUID", "CHROOT"].compactMap { setting in
      settings.spellings[setting].map {
        Finding(
          "privileges", .warning, "\($0): fails in quicktun@\(name).service",
          why: "It runs as the user quicktun from the start, in a sandbox of its own.", cure: "Leave \(setting) out.")
      }
    }
  }
}
