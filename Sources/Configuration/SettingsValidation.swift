import TunnelCore

/// What can be said only of the settings together: which protocol, whether it has its keys, what is odd.
struct SettingsValidation {
  let given: [String: Occurrence]
  let protocols: [SettingsReader.KnownProtocol]
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
    warnOfWeakness(known, settings, &problems)
    warnOfFloating(known, settings, &problems)
    warnOfNoEffect(known, settings, &problems)
  }

  func isGiven(_ name: String) -> Bool { given[name] != nil }

  // MARK: Protocol

  private func chooseProtocol(
    _ settings: inout TunnelSettings, _ problems: inout Problems
  ) -> SettingsReader.KnownProtocol? {
    if let occurrence = given["PROTOCOL"] {
      // A value that was refused has been complained of.
      guard let name = settings.protocolName else { return nil }
      if let known = known(name) { return known }
      complainOfProtocol(name, occurrence, &problems)
      return nil
    }
    guard let name = fallbackProtocol(&problems) else { return nil }
    settings.protocolName = name
    return known(name)
  }

  private func known(_ name: String) -> SettingsReader.KnownProtocol? { protocols.first { $0.name == name } }

  private func complainOfProtocol(_ name: String, _ occurrence: Occurrence, _ problems: inout Problems) {
    let names = protocols.map(\.name)
    let near = nearest(to: name.lowercased(), in: names)
    problems.complain(
      "\(occurrence.text): no such protocol", why: "There are: \(names.joined(separator: ", ")).",
      cure: near.map { "Perhaps \($0) was meant." })
  }

  /// quicktun's rules, said loudly.
  private func fallbackProtocol(_ problems: inout Problems) -> String? {
    if isGiven("PRIVATE_KEY") || isGiven("PUBLIC_KEY") || isGiven("PRIVATE_KEY_FILE") || hasCredential {
      if refuses(toGuess: "nacl0", &problems) { return nil }
      problems.warn(
        "PROTOCOL is not given: nacl0, because there is a key",
        why: "nacl0 encrypts every packet with one nonce: whoever records enough of them can read them.",
        cure: "Set PROTOCOL=salty (or nacltai) on both sides, or PROTOCOL=nacl0 if the peer cannot.")
      return "nacl0"
    }
    if guessesRaw && (isGiven("TUN_MODE") || isGiven("REMOTE_ADDRESS") || isGiven("LOCAL_ADDRESS")) {
      if refuses(toGuess: "raw", &problems) { return nil }
      problems.warn(
        "PROTOCOL is not given, and no key: raw, so NOTHING IS ENCRYPTED",
        cure: "Set PROTOCOL=salty and keys on both sides, or PROTOCOL=raw if that is meant.")
      return "raw"
    }
    let names = "There are: \(protocols.map(\.name).joined(separator: ", "))."
    problems.complain(
      "PROTOCOL is not given",
      why: guessesRaw ? names : names + " A file has to say PROTOCOL=raw for a tunnel that encrypts nothing.",
      cure: "quicktun --help tells all settings.")
    return nil
  }

  /// Whether a name that was misspelled, or a value that was lost, may have said otherwise.
  private func refuses(toGuess name: String, _ problems: inout Problems) -> Bool {
    let isRaw = name == "raw"
    guard let reason = problems.reasonNotToChoose(unencrypted: isRaw) else { return false }
    problems.complain(
      "PROTOCOL is not given, and \(reason.fact)",
      why: "Perhaps \(reason.name) was meant. Without it this is \(name)\(isRaw ? ", and NOTHING IS ENCRYPTED" : "").",
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

  private func warnOfWeakness(
    _ known: SettingsReader.KnownProtocol, _ settings: TunnelSettings, _ problems: inout Problems
  ) {
    switch known.name {
    case "raw" where isGiven("PROTOCOL"):
      problems.warn("PROTOCOL=raw: nothing is encrypted", cure: "Anybody on the path can read and forge packets.")
    case "nacl0" where isGiven("PROTOCOL"):
      problems.warn(
        "PROTOCOL=nacl0: one nonce for all packets, and no protection from replay",
        cure: "Keep it only for a peer that cannot do better.")
    case "nacltai" where settings.timeWindow == nil:
      problems.warn(
        "TIME_WINDOW is not given", why: "After a start, packets recorded at any time are accepted once more.",
        cure: "Set TIME_WINDOW=60 if both clocks are right within a minute.")
    default: break
    }
  }

  private func warnOfNoEffect(
    _ known: SettingsReader.KnownProtocol, _ settings: TunnelSettings, _ problems: inout Problems
  ) {
    for name in ["TIME_WINDOW", "ROLE"] where known.name != "nacltai" {
      if let occurrence = given[name] { problems.warn("\(occurrence.text): no effect; it is for nacltai") }
    }
    if settings.mode == .tap, settings.packetInformation != .none, let occurrence = given["USE_PI"] {
      problems.warn("\(occurrence.text): no effect; it is for tun mode (TUN_MODE=1)")
    }
  }
}
