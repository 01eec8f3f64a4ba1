/// Why a protocol cannot be made from its parameters.
public enum ProtocolError: Error, Equatable, Sendable {
  case missingKeys
  /// X25519 of the peer's key is zero, whatever this side's key.
  case lowOrderPeerKey
  /// Whatever else the protocol minds, as it is told to a person: what failed; why, with names and values; what cures
  /// it.
  case refused(what: String, why: String? = nil, cure: String? = nil)
}
