import ProtocolKit
import TunnelCore

/// What can be said only of the settings together: which protocol, whether it has its keys, what is odd.
struct SettingsValidation {
  let given: [String: GivenSetting]
  let protocols: [ProtocolDescription]
  let readFile: FileReader
  /// Where a service manager puts what is for this process only ($CREDENTIALS_DIRECTORY, systemd.exec(5)).
  let credentials: String?
  /// Whether a tunnel in clear may come of naming no protocol, as with quicktun. Not in a file of ours: there it
  /// has to be asked for.
  let mayBeInClear: Bool
  var hasCredential = false

  init(given: [String: GivenSetting], _ source: SettingsReader.Source, mayBeInClear: Bool) {
    self.given = given
    self.mayBeInClear = mayBeInClear
    protocols = source.protocols
    readFile = source.readFile
    credentials = Environment.value(of: "CREDENTIALS_DIRECTORY", in: source.environment)
  }

  mutating func validate(_ settings: inout TunnelSettings, _ problems: inout Problems) {
    noteFloat(settings, &problems)
    loadKey(&settings, &problems)
    warnOfVisibleSecrets(&problems)
    compareKeys(&settings, &problems)
    guard let known = chooseProtocol(&settings, &problems) else { return }
    if known.needsKeys { requireKeys(known, settings, &problems) }
    warnOfWeakness(known, &problems)
    warnOfFloating(known, settings, &problems)
    warnOfNoEffect(known, settings, &problems)
  }

  func isGiven(_ name: String) -> Bool { given[name] != nil }

  // MARK: What is odd

  private func noteFloat(_ settings: TunnelSettings, _ problems: inout Problems) {
    guard let occurrence = given["REMOTE_FLOAT"], !settings.remoteFloat else { return }
    problems.warn(
      "\(occurrence.text): the peer's address is fixed", why: "quicktun 2.2.6 takes any value, even this one, as on.",
      cure: "Leave it out for a fixed peer; set it to 1 for a floating one.")
  }

  private func warnOfWeakness(_ known: ProtocolDescription, _ problems: inout Problems) {
    // One that was not chosen has been warned of already.
    if let weakness = known.weakness, isGiven("PROTOCOL") {
      problems.warn("PROTOCOL=\(known.name): \(weakness.what)", cure: weakness.advice)
    }
    for setting in known.settings where !isGiven(setting.name) {
      guard let advice = setting.ifAbsent else { continue }
      problems.warn("\(setting.name) is not given", why: advice.why, cure: advice.cure)
    }
  }

  private func warnOfNoEffect(
    _ known: ProtocolDescription, _ settings: TunnelSettings, _ problems: inout Problems
  ) {
    for setting in protocols.settings where !known.knows(setting.name) {
      guard let occurrence = given[setting.name] else { continue }
      problems.warn("\(occurrence.text): no effect; it is for \(protocols.names(knowing: setting.name).enumeration)")
    }
    if settings.mode == .tap, settings.packetInformation != .none, let occurrence = given["USE_PI"] {
      problems.warn("\(occurrence.text): no effect; it is for tun mode (TUN_MODE=1)")
    }
  }
}
