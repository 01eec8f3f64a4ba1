public import ProtocolKit

extension Complaint {
  /// Why the protocol called `name` cannot be made from the settings.
  public init(_ error: ProtocolError, of name: String) {
    switch error {
    case .missingKeys:
      self.init(
        "PROTOCOL=\(name) needs keys", why: "PRIVATE_KEY (or PRIVATE_KEY_FILE) or PUBLIC_KEY is missing.",
        cure: Cure.makeKeyPair)
    case .lowOrderPeerKey:
      self.init(
        "PUBLIC_KEY is of low order", why: "With such a key everybody shares the same secret.",
        cure: Cure.askForPublicKey)
    case .refused(let what, let why, let cure):
      self.init("PROTOCOL=\(name): \(what)", why: why, cure: cure)
    }
  }
}
