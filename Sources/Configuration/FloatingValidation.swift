import ProtocolKit

extension SettingsValidation {
  /// A waiting side floats too. Literal zeros are what quicktun has for "no address".
  func warnOfFloating(
    _ known: ProtocolDescription, _ settings: TunnelSettings, _ problems: inout Problems
  ) {
    let isWaiting = settings.remoteAddress.map { ["0.0.0.0", "::"].contains($0) } ?? true
    guard settings.remoteFloat || isWaiting, let why = known.floatingRisk else { return }
    problems.warn(
      isWaiting
        ? "PROTOCOL=\(known.name) without REMOTE_ADDRESS: any stranger can take the peer's place"
        : "PROTOCOL=\(known.name) with REMOTE_FLOAT: any stranger can take the peer's place",
      why: why,
      cure: "Set REMOTE_ADDRESS without REMOTE_FLOAT"
        + (protocols.advisable.first.map { ", or use PROTOCOL=\($0.name)." } ?? "."))
  }
}
