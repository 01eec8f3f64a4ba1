import ProtocolKit
import TunnelCore

/// What can be said only of the settings together: which protocol, whether it has its keys, what is odd.
struct SettingsValidation {
  let given: [String: Occurrence]
  let protocols: [ProtocolDescription]
  let readFile: FileReader
  /// Where a service manager puts what is for this process only ($CREDENTIALS_DIRECTORY, systemd.exec(5)).
  let credentials: String?
  /// Whether a tunnel in clear may come of naming no protocol, as with quicktun. Not in a file of ours: there raw has to
  /// be asked for.
  let guessesRaw: Bool
  var hasCredential = false

  init(given: [String: Occurrence], _ source: SettingsReader.Source, guessesRaw: Bool) {
    self.given = given
    self.guessesRaw = guessesRaw
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

  // MARK: Protocol

  private func chooseProtocol(_ settings: inout TunnelSettings, _ problems: inout Problems) -> ProtocolDescription? {
    if let occurrence = given["PROTOCOL"] {
      // A value that was refused has been complained of.
      guard let name = settings.protocolName else { return nil }
      if let known = protocols.named(name) { return known }
      complainOfProtocol(name, occurrence, &problems)
      return nil
    }
    let known = assumedProtocol(&problems)
    settings.protocolName = known?.name
    return known
  }

  private func complainOfProtocol(_ name: String, _ occurrence: Occurrence, _ problems: inout Problems) {
    let names = protocols.map(\.name)
    let near = nearest(to: name.lowercased(), in: names)
    problems.complain(
      "\(occurrence.text): no such protocol", why: "There are: \(names.joined(separator: ", ")).",
      cure: near.map { "Perhaps \($0) was meant." })
  }

  /// quicktun's rules, said loudly.
  private func assumedProtocol(_ problems: inout Problems) -> ProtocolDescription? {
    let keyless = protocols.assumed(withKeys: false)
    if isGiven("PRIVATE_KEY") || isGiven("PUBLIC_KEY") || isGiven("PRIVATE_KEY_FILE") || hasCredential {
      if let keyed = protocols.assumed(withKeys: true) { return assume(keyed, &problems) }
    } else if let keyless, guessesRaw,
      isGiven("TUN_MODE") || isGiven("REMOTE_ADDRESS") || isGiven("LOCAL_ADDRESS")
    {
      return assume(keyless, &problems)
    }
    let names = "There are: \(protocols.map(\.name).joined(separator: ", "))."
    let inClear = keyless.map { " A file has to say PROTOCOL=\($0.name) for a tunnel that encrypts nothing." } ?? ""
    problems.complain(
      "PROTOCOL is not given", why: guessesRaw ? names : names + inClear, cure: "quicktun --help tells all settings.")
    return nil
  }

  private func assume(_ assumed: ProtocolDescription, _ problems: inout Problems) -> ProtocolDescription? {
    if refuses(toAssume: assumed, &problems) { return nil }
    let name = assumed.name
    let better = protocols.advisable.map(\.name)
    if assumed.needsKeys {
      let others = better.count > 1 ? " (or \(better.dropFirst().joined(separator: ", ")))" : ""
      problems.warn(
        "PROTOCOL is not given: \(name), because there is a key", why: assumed.weakness?.why,
        cure: better.first.map {
          "Set PROTOCOL=\($0)\(others) on both sides, or PROTOCOL=\(name) if the peer cannot."
        })
    } else {
      problems.warn(
        "PROTOCOL is not given, and no key: \(name)\(assumed.isPlain ? ", so NOTHING IS ENCRYPTED" : "")",
        cure: better.first.map {
          "Set PROTOCOL=\($0) and keys on both sides, or PROTOCOL=\(name) if that is meant."
        })
    }
    return assumed
  }

  /// Whether a name that was misspelled, or a value that was lost, may have said otherwise.
  private func refuses(toAssume assumed: ProtocolDescription, _ problems: inout Problems) -> Bool {
    guard let reason = problems.reasonNotToChoose(unencrypted: !assumed.needsKeys) else { return false }
    let (name, inClear) = (assumed.name, assumed.isPlain ? ", and NOTHING IS ENCRYPTED" : "")
    problems.complain(
      "PROTOCOL is not given, and \(reason.fact)",
      why: "Perhaps \(reason.name) was meant. Without it this is \(name)\(inClear).",
      cure: "Correct that, or set PROTOCOL=\(name) if it is meant.")
    return true
  }

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
