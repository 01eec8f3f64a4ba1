extension SettingsValidation {
  /// A waiting side floats too. Literal zeros are what quicktun has for "no address".
  func warnOfFloating(
    _ known: SettingsReader.KnownProtocol, _ settings: TunnelSettings, _ problems: inout Problems
  ) {
    let isWaiting = settings.remoteAddress.map { ["0.0.0.0", "::"].contains($0) } ?? true
    guard settings.remoteFloat || isWaiting, let why = Self.movers[known.name] else { return }
    problems.warn(
      isWaiting
        ? "PROTOCOL=\(known.name) without REMOTE_ADDRESS: any stranger can take the peer's place"
        : "PROTOCOL=\(known.name) with REMOTE_FLOAT: any stranger can take the peer's place",
      why: why, cure: "Set REMOTE_ADDRESS without REMOTE_FLOAT, or use PROTOCOL=salty.")
  }

  /// Who moves a floating peer, without a key.
  private static let movers = [
    "raw": "Whoever sends a datagram from anywhere, be it empty, gets all that is for the peer.",
    "nacl0": "Whoever once recorded a datagram gets all that is for the peer, by sending it again from anywhere.",
  ]
}
