package import Configuration
import Sodium

extension CheckRules {
  /// The public keys of both sides, and whether they agree on a secret.
  package static func keys(_ settings: TunnelSettings) -> [Finding] {
    guard let secret = settings.privateKey else { return [] }
    let key = secret.publicKey
    let thisSide = Finding("keys", .ok, "This side's public key, which the peer needs: \(key)", showing: key)
    guard let peer = settings.peerKey else { return [thisSide] }
    // X25519 of a point of low order is zero with every secret key (RFC 7748, section 6.1).
    let isUsable = SharedKey(publicKey: peer, secretKey: secret) != nil
    return [
      thisSide,
      isUsable
        ? Finding("keys", .ok, "The peer's public key: \(peer)", showing: peer)
        : Finding("keys", .problem, "PUBLIC_KEY is of low order", cure: Cure.askForPublicKey),
    ]
  }
}
