package import Configuration
import LinuxSystem

/// What the unit quicktun@NAME.service gives besides /etc/quicktun/NAME.conf: --interface NAME, and the key in
/// /etc/quicktun/NAME.key as the credential private-key. Whoever checks that file means that tunnel.
package struct UnitDefaults {
  private let name: String
  /// INTERFACE as the file has it, which does not count for the unit.
  private let ignoredInterface: String?

  private static let folder = "/etc/quicktun/"
  private var keyFile: String { "\(Self.folder)\(name).key" }
  private var service: String { "quicktun@\(name).service" }

  /// Nil for any other file, and where the command line names a device of its own.
  package init?(_ reading: SettingsReader.Reading) {
    guard let path = reading.configFile, path.hasPrefix(Self.folder), path.hasSuffix(".conf") else { return nil }
    name = String(path.dropFirst(Self.folder.count).dropLast(".conf".count))
    guard InterfaceNameRule.problem(with: name) == nil else { return nil }
    let given = reading.settings.spellings["INTERFACE"]
    if given?.hasPrefix("-") == true { return nil }
    ignoredInterface = reading.settings.interface == name ? nil : given
  }

  /// What the unit's start would read, where a start by hand reads `source`.
  package func source(like source: SettingsReader.Source) -> SettingsReader.Source {
    let (keyFile, credentials) = (keyFile, "quicktun@\(name)")  // stands for a directory that only the service has
    let read = source.readFile
    var source = source
    source.arguments += [GivenText("--interface"), GivenText(name)]
    source.environment += [GivenText("CREDENTIALS_DIRECTORY=\(credentials)")]
    source.readFile = { (path, limit) throws(FileProblem) in
      try read(path == credentials + "/private-key" ? keyFile : path, limit)
    }
    return source
  }

  /// Says what was assumed, and what the unit would mind.
  package func findings(_ settings: TunnelSettings, readFile: FileReader) -> [Finding] {
    let hasOtherKey = ["PRIVATE_KEY", "PRIVATE_KEY_FILE"].contains { settings.spellings[$0] != nil }
    let assumed = "As \(service) starts it: INTERFACE=\(name)" + (hasOtherKey ? "" : ", key in \(keyFile)")
    return [Finding("configuration", .ok, assumed)] + (hasOtherKey ? [] : lookAtKeyFile(readFile))
      + unheeded() + refused(settings)
  }

  private func lookAtKeyFile(_ readFile: FileReader) -> [Finding] {
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
        "configuration", .warning, "\(ignoredInterface): not for \(service)",
        why: "Its device has the file's name.", cure: "Leave INTERFACE out; or for a start by hand: --interface NAME")
    ]
  }

  /// The service starts as an unprivileged user.
  private func refused(_ settings: TunnelSettings) -> [Finding] {
    ["SETUID", "CHROOT"].compactMap { setting in
      settings.spellings[setting].map {
        Finding(
          "privileges", .warning, "\($0): fails in \(service)",
          why: "It runs as the user quicktun from the start, in a sandbox of its own.", cure: "Leave \(setting) out.")
      }
    }
  }
}
