import Sodium
import Testing
import TunnelCore

@testable import Simulation

/// No golden data seal so many packets: this is as the description of the wire format has it.
@Suite("The model of quicktun 2.2.6's salty and the end of a key's counter")
struct OldPeerCounterTests {
  private let secret = SecretKey()
  private let peerSecret = SecretKey()

  /// A process whose first key has sealed `counter` packets already, and which has heard of the peer.
  private func party(counter: UInt32) throws -> OldParty {
    let start = OldParty.moment(1_600_000_000)
    let used = OldKey(secret: OldBox.random(32), nonce: OldBox.random(20) + [UInt8](bigEndian: counter))
    var keys = [used, OldKey.made()]
    let wireFormat = OldQuicktun.salty(
      secret: secret, peer: peerSecret.publicKey, at: start, keys: { keys.removeFirst() })
    let party = OldParty(wireFormat, unixSeconds: start.unixSeconds)
    let peer = OldParty(
      OldQuicktun.salty(secret: peerSecret, peer: secret.publicKey, at: start), unixSeconds: start.unixSeconds)
    _ = peer.tick()
    let first = try #require(party.tick().sent.first)
    let answer = try #require(peer.open(first).sent.first)
    #expect(party.open(answer).isTaken)
    return party
  }

  @Test("an update begins once 2^28 packets were sealed")
  func nearlyUsedUp() throws {
    let party = try party(counter: 1 << 28 - 2)
    #expect(party.seal([0x45]).sent.map(\.count) == [21])
    #expect(party.seal([0x45]).sent.map(\.count) == [21])
    #expect(party.seal([0x45]).sent.map(\.count) == [OldControl.datagramByteCount, 21])
    #expect(party.seal([0x45]).sent.map(\.count) == [21])
  }

  @Test("the last number is 2^29 - 1; what comes after is dropped")
  func usedUp() throws {
    let party = try party(counter: 1 << 29 - 2)
    let last = try #require(party.seal([0x45]).sent.last)
    #expect(Array(last.prefix(4)) == [0x7f, 0xff, 0xff, 0xff])
    #expect(party.seal([0x45]).sent == [])
  }
}
