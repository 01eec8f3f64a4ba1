import ProtocolKit

/// Which protocol, where one is named and where none is.
extension SettingsValidation {
  /// The protocol that is named, or what quicktun takes where none is. Nil after a complaint.
  func chooseProtocol(_ settings: inout TunnelSettings, _ problems: inout Problems) -> ProtocolDescription? {
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

  private func complainOfProtocol(_ name: String, _ occurrence: GivenSetting, _ problems: inout Problems) {
    let names = protocols.map(\.name)
    let near = nearest(to: name.lowercased(), in: names)
    problems.complain(
      "\(occurrence.text): no such protocol",
      why: "There are: \(names.joined(separator: ", "))." + (near.map { " " + perhapsMeant($0) } ?? ""))
  }

  /// quicktun's rules, said loudly.
  private func assumedProtocol(_ problems: inout Problems) -> ProtocolDescription? {
    let keyless = protocols.assumed(withKeys: false)
    if isGiven("PRIVATE_KEY") || isGiven("PUBLIC_KEY") || isGiven("PRIVATE_KEY_FILE") || hasCredential {
      if let keyed = protocols.assumed(withKeys: true) { return assume(keyed, &problems) }
    } else if let keyless, mayBeInClear,
      isGiven("TUN_MODE") || isGiven("REMOTE_ADDRESS") || isGiven("LOCAL_ADDRESS")
    {
      return assume(keyless, &problems)
    }
    let names = "There are: \(protocols.map(\.name).joined(separator: ", "))."
    let inClear = keyless.map { " A file has to say PROTOCOL=\($0.name) for a tunnel that encrypts nothing." } ?? ""
    problems.complain(
      "PROTOCOL is not given", why: mayBeInClear ? names : names + inClear, cure: Cure.listSettings)
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
      why: "\(perhapsMeant(reason.name)) Without it this is \(name)\(inClear).",
      cure: "Correct that, or set PROTOCOL=\(name) if it is meant.")
    return true
  }
}
