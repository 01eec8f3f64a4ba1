import ProtocolKit
import Sodium

/// What there is to say of the two keys: where this side's comes from, who else can see or change it, and whether the
/// peer's is what it should be.
extension SettingsValidation {
  /// The name that this side's secret key has among a service manager's credentials.
  private static let credential = "private-key"

  mutating func loadKey(_ settings: inout TunnelSettings, _ problems: inout Problems) {
    if !isGiven("PRIVATE_KEY") && !isGiven("PRIVATE_KEY_FILE") { loadCredential(&settings, &problems) }
    guard let occurrence = given["PRIVATE_KEY_FILE"], let path = settings.privateKeyFile else { return }
    if isGiven("PRIVATE_KEY") { return problems.warn("\(occurrence.text): not read", why: "PRIVATE_KEY is given too.") }
    do throws(FileProblem) {
      let file = try readFile(path, KeyFile.largest)
      if let exposure = KeyFile.exposure(of: file, occurrence.text, path: path) { problems.warnings.append(exposure) }
      // The user that the daemon becomes may own it.
      var writers = file.writers
      if writers.owner == settings.setuid { writers.owner = nil }
      if let danger = KeyFile.danger(from: writers, occurrence.text, path: path) { problems.complaints.append(danger) }
      settings.privateKey = try KeyFile.key(in: file)
    } catch {
      problems.complain(
        "\(occurrence.text): \(error.reason)", why: KeyFile.accepted,
        cure: credentials == nil
          ? Cure.makeKeyPair
          : "Leave PRIVATE_KEY_FILE out: the unit hands over /etc/quicktun/NAME.key.")
    }
  }

  /// A blank one, or none, is not given.
  private mutating func loadCredential(_ settings: inout TunnelSettings, _ problems: inout Problems) {
    guard let path = credentials.map({ $0 + "/" + Self.credential }) else { return }
    guard let file = try? readFile(path, KeyFile.largest), !GivenText(file.contents).trimmed.isEmpty else { return }
    hasCredential = true
    do throws(FileProblem) {
      settings.privateKey = try KeyFile.key(in: file)
    } catch {
      problems.complain(
        "the credential \(Self.credential): \(error.reason)",
        why: KeyFile.accepted,
        cure: "Put the SECRET line's digits of `quicktun keypair` into /etc/quicktun/NAME.key.")
    }
  }

  func requireKeys(
    _ known: ProtocolDescription, _ settings: TunnelSettings, _ problems: inout Problems
  ) {
    var missing: [String] = []
    if !isGiven("PRIVATE_KEY") && !isGiven("PRIVATE_KEY_FILE") && !hasCredential {
      missing.append("PRIVATE_KEY or PRIVATE_KEY_FILE")
    }
    if !isGiven("PUBLIC_KEY") { missing.append("PUBLIC_KEY") }
    if missing.isEmpty { return }
    problems.complain(
      "PROTOCOL=\(known.name) needs \(missing.joined(separator: " and "))",
      why: "Both sides need their own private key and the other's public key.",
      cure: Cure.makeKeyPair)
  }

  /// A secret key where a public one belongs is refused whatever the protocol, and forgotten: scripts get PUBLIC_KEY, and
  /// `check` shows it.
  func compareKeys(_ settings: inout TunnelSettings, _ problems: inout Problems) {
    guard let secret = settings.privateKey, let peer = settings.peerKey, let occurrence = given["PUBLIC_KEY"] else {
      return
    }
    if secret.publicKey == peer {
      problems.warn(
        "\(occurrence.text): this is your own public key", why: "PUBLIC_KEY is the peer's key, not yours.",
        cure: "Unless both sides share one pair, ask the peer for the PUBLIC line of its keypair.")
    } else if secret.isSpelled(by: peer) {
      settings.peerKey = nil
      problems.complain(
        "\(occurrence.label): this is your own PRIVATE key", why: "PUBLIC_KEY goes into logs and scripts.",
        cure: Cure.replaceKeyPair)
    } else if secret.isPublicKey(of: peer) {
      settings.peerKey = nil
      problems.complain(
        "\(occurrence.label): this is the PRIVATE key of the pair whose public key is given as the private one",
        why: "The two lines of quicktun keypair have changed places.",
        cure: Cure.replaceKeyPair)
    }
  }

  func warnOfVisibleSecrets(_ problems: inout Problems) {
    for occurrence in given.values where occurrence.setting.isSecret && occurrence.isOnCommandLine {
      problems.warn(
        "\(occurrence.label): everybody on this host could see it in the list of processes",
        cure: "Use PRIVATE_KEY_FILE, or the environment.")
    }
  }
}
