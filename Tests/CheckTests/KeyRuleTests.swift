import Check
import Configuration
import Sodium
import Testing

@Suite("The public keys of both sides")
struct KeyRuleTests {
  @Test("are told as far as they are given, and never the secret one")
  func keys() {
    let secret = SecretKey()
    var settings = TunnelSettings()
    #expect(CheckRules.keys(settings) == [])
    settings.privateKey = secret
    let own = "This side's public key, which the peer needs: \(secret.publicKey)"
    #expect(CheckRules.keys(settings).map(\.fact) == [own])
    let peer = SecretKey().publicKey
    settings.peerKey = peer
    #expect(CheckRules.keys(settings).map(\.fact) == [own, "The peer's public key: \(peer)"])
  }
}
