import Sodium

/// What can be said only of the settings together: which protocol, whether it has its keys, what is odd.
struct Judgement {
  let given: [String: Occurrence]
  let protocols: [SettingsReader.KnownProtocol]
  let readFile: FileReader
  /// Where a service manager puts what is for this process only ($CREDENTIALS_DIRECTORY, systemd.exec(5)).
  let credentials: String?
  private var hasCredential = false

  /// The name that the own secret key has there.
  private static let credential = "private-key"

  init(given: [String: Occurrence], _ source: SettingsReader.Source) {
    self.given = given
    protocols = source.protocols
    readFile = source.readFile
    credentials = Environment.value(of: "CREDENTIALS_DIRECTORY", in: source.environment)
  }

  mutating func judge(_ settings: inout TunnelSettings, _ findings: inout Findings) {
    noteFloat(settings, &findings)
    loadKey(&settings, &findings)
    warnOfVisibleSecrets(&findings)
    guard let known = chooseProtocol(&settings, &findings) else { return }
    if known.needsKeys {
      requireKeys(known, settings, &findings)
      compareKeys(settings, &findings)
    }
    warnOfWeakness(known, settings, &findings)
    warnOfFloating(known, settings, &findings)
    warnOfNoEffect(known, settings, &findings)
  }

  private func isGiven(_ name: String) -> Bool { given[name] != nil }

  // MARK: Protocol

  private func chooseProtocol(
    _ settings: inout TunnelSettings, _ findings: inout Findings
  ) -> SettingsReader.KnownProtocol? {
    if let occurrence = given["PROTOCOL"] {
      // A value that was refused has been complained of.
      guard let name = settings.protocolName else { return nil }
      if let known = known(name) { return known }
      complainOfProtocol(name, occurrence, &findings)
      return nil
    }
    guard let name = fallbackProtocol(&findings) else { return nil }
    settings.protocolName = name
    return known(name)
  }

  private func known(_ name: String) -> SettingsReader.KnownProtocol? { protocols.first { $0.name == name } }

  private func complainOfProtocol(_ name: String, _ occurrence: Occurrence, _ findings: inout Findings) {
    let names = protocols.map(\.name)
    let near = nearest(to: name.lowercased(), in: names)
    findings.complain(
      "\(occurrence.text): no such protocol", why: "There are: \(names.joined(separator: ", ")).",
      cure: near.map { "Perhaps \($0) was meant." })
  }

  /// quicktun's rules, said loudly.
  private func fallbackProtocol(_ findings: inout Findings) -> String? {
    if isGiven("PRIVATE_KEY") || isGiven("PUBLIC_KEY") || isGiven("PRIVATE_KEY_FILE") || hasCredential {
      findings.warn(
        "PROTOCOL is not given: nacl0, because there is a key",
        why: "nacl0 encrypts every packet with one nonce: whoever records enough of them can read them.",
        cure: "Set PROTOCOL=salty (or nacltai) on both sides, or PROTOCOL=nacl0 if the peer cannot.")
      return "nacl0"
    }
    if isGiven("TUN_MODE") || isGiven("REMOTE_ADDRESS") || isGiven("LOCAL_ADDRESS") {
      findings.warn(
        "PROTOCOL is not given, and no key: raw, so NOTHING IS ENCRYPTED",
        cure: "Set PROTOCOL=salty and keys on both sides, or PROTOCOL=raw if that is meant.")
      return "raw"
    }
    findings.complain(
      "PROTOCOL is not given", why: "There are: \(protocols.map(\.name).joined(separator: ", ")).",
      cure: "quicktun --help tells all settings.")
    return nil
  }

  // MARK: Keys

  private mutating func loadKey(_ settings: inout TunnelSettings, _ findings: inout Findings) {
    if !isGiven("PRIVATE_KEY") && !isGiven("PRIVATE_KEY_FILE") { loadCredential(&settings, &findings) }
    guard let occurrence = given["PRIVATE_KEY_FILE"], let path = settings.privateKeyFile else { return }
    if isGiven("PRIVATE_KEY") { return findings.warn("\(occurrence.text): not read", why: "PRIVATE_KEY is given too.") }
    do throws(FileProblem) {
      let file = try readFile(path, KeyFile.largest)
      if file.othersMayRead {
        findings.warn("\(occurrence.text): every user can read the private key", cure: "chmod o= \(path)")
      }
      settings.privateKey = try KeyFile.key(in: file)
    } catch {
      findings.complain(
        "\(occurrence.text): \(error.reason)", why: KeyFile.accepted,
        cure: credentials == nil
          ? "Make a pair with: quicktun keypair"
          : "Leave PRIVATE_KEY_FILE out: the unit hands over /etc/quicktun/NAME.key.")
    }
  }

  /// A blank one, or none, is not given.
  private mutating func loadCredential(_ settings: inout TunnelSettings, _ findings: inout Findings) {
    guard let path = credentials.map({ $0 + "/" + Self.credential }) else { return }
    guard let file = try? readFile(path, KeyFile.largest), !GivenText(file.contents).trimmed.isEmpty else { return }
    hasCredential = true
    do throws(FileProblem) {
      settings.privateKey = try KeyFile.key(in: file)
    } catch {
      findings.complain(
        "the credential \(Self.credential): \(error.reason)",
        why: KeyFile.accepted,
        cure: "Put the SECRET line's digits of `quicktun keypair` into /etc/quicktun/NAME.key.")
    }
  }

  private func requireKeys(
    _ known: SettingsReader.KnownProtocol, _ settings: TunnelSettings, _ findings: inout Findings
  ) {
    var missing: [String] = []
    if !isGiven("PRIVATE_KEY") && !isGiven("PRIVATE_KEY_FILE") && !hasCredential {
      missing.append("PRIVATE_KEY or PRIVATE_KEY_FILE")
    }
    if !isGiven("PUBLIC_KEY") { missing.append("PUBLIC_KEY") }
    if missing.isEmpty { return }
    findings.complain(
      "PROTOCOL=\(known.name) needs \(missing.joined(separator: " and "))",
      why: "Both sides need their own private key and the other's public key.",
      cure: "Make a pair with: quicktun keypair")
  }

  private func compareKeys(_ settings: TunnelSettings, _ findings: inout Findings) {
    guard let secret = settings.privateKey, let peer = settings.peerKey, let occurrence = given["PUBLIC_KEY"] else {
      return
    }
    if secret.publicKey == peer {
      findings.warn(
        "\(occurrence.text): this is the own public key", why: "PUBLIC_KEY is the peer's key, not the own one.",
        cure: "Unless both sides share one pair, ask the peer for the PUBLIC line of its keypair.")
    } else if secret.isSpelled(by: peer) {
      findings.complain(
        "\(occurrence.label): this is the own PRIVATE key", why: "PUBLIC_KEY goes into logs and scripts.",
        cure: "Give the peer's public key; and make a new pair: quicktun keypair")
    }
  }

  private func warnOfVisibleSecrets(_ findings: inout Findings) {
    for setting in Setting.all where setting.isSecret {
      guard let occurrence = given[setting.name], occurrence.isOnCommandLine else { continue }
      findings.warn(
        "\(occurrence.label): everybody on this host could see it in the list of processes",
        cure: "Use PRIVATE_KEY_FILE, or the environment.")
    }
  }

  // MARK: What is odd

  private func noteFloat(_ settings: TunnelSettings, _ findings: inout Findings) {
    guard let occurrence = given["REMOTE_FLOAT"], !settings.remoteFloat else { return }
    findings.warn(
      "\(occurrence.text): the peer's address is fixed", why: "quicktun 2.2.6 takes any value, even this one, as on.",
      cure: "Leave it out for a fixed peer; set it to 1 for a floating one.")
  }

  private func warnOfWeakness(
    _ known: SettingsReader.KnownProtocol, _ settings: TunnelSettings, _ findings: inout Findings
  ) {
    switch known.name {
    case "raw" where isGiven("PROTOCOL"):
      findings.warn("PROTOCOL=raw: nothing is encrypted", cure: "Anybody on the path can read and forge packets.")
    case "nacl0" where isGiven("PROTOCOL"):
      findings.warn(
        "PROTOCOL=nacl0: one nonce for all packets, and no protection from replay",
        cure: "Keep it only for a peer that cannot do better.")
    case "nacltai" where settings.timeWindow == nil:
      findings.warn(
        "TIME_WINDOW is not given", why: "After a start, packets recorded at any time are accepted once more.",
        cure: "Set TIME_WINDOW=60 if both clocks are right within a minute.")
    default: break
    }
  }

  private func warnOfNoEffect(
    _ known: SettingsReader.KnownProtocol, _ settings: TunnelSettings, _ findings: inout Findings
  ) {
    for name in ["TIME_WINDOW", "ROLE"] where known.name != "nacltai" {
      if let occurrence = given[name] { findings.warn("\(occurrence.text): no effect; it is for nacltai") }
    }
    if settings.mode == .tap, settings.packetInformation != .none, let occurrence = given["USE_PI"] {
      findings.warn("\(occurrence.text): no effect; it is for tun mode (TUN_MODE=1)")
    }
  }
}

/// A file that holds a secret key: 32 bytes, or 64 hexadecimal digits. quicktun looks at no more than 64 bytes; what
/// follows them here has to be on other lines.
enum KeyFile {
  static let largest = 4096
  static let accepted = "Accepted: 32 bytes, or 64 hexadecimal digits and a newline."

  static func key(in file: ReadFile) throws(FileProblem) -> SecretKey {
    let text = GivenText(file.contents)
    do throws(KeyError) {
      if text.count == SecretKey.byteCount {
        return try text.withBytes { (bytes) throws(KeyError) in try SecretKey(bytes: bytes) }
      }
      let line = text.upTo(text.firstIndex(of: 0x0a) ?? text.count).trimmed
      return try line.withBytes { (digits) throws(KeyError) in try SecretKey(hex: digits) }
    } catch {
      switch error {
      case .wrongLength(let count):
        throw FileProblem(count == text.count ? "it has \(count) bytes" : "its first line has \(count) characters")
      case .notHexadecimal(let index): throw FileProblem("character \(index + 1) is no hexadecimal digit")
      }
    }
  }
}

extension SecretKey {
  /// Whether somebody gave this secret where a public key belongs.
  fileprivate func isSpelled(by key: PublicKey) -> Bool {
    let given = GuardedMemory(count: Self.byteCount)
    given.withMutableBytes { key.write(to: &$0) }
    return withBytes { own in given.withBytes { equalInConstantTime(own, $0) } }
  }
}
