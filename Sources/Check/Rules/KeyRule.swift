package import Configuration
import Sodium

extension CheckRules {
  /// The public keys of both sides, to be compared with what the other side has.
  package static func keys(_ settings: TunnelSettings) -> [Finding] {
    guard let secret = settings.privateKey else { return [] }
    let key = secret.publicKey
    let thisSide = Finding("keys", .ok, "This side's public key, which the peer needs: \(key)", showing: key)
    guard let peer = settings.peerKey else { return [thisSide] }
    return [thisSide, Finding("keys", .ok, "The peer's public key: \(peer)", showing: peer)]
  }
}
