import Sodium
import Testing
import TunnelCore

@testable import Simulation

/// salty_probe.json, and salty_more.json in the same form, which turns the clock as well: one original, and a peer that
/// makes mistakes.
private struct Probes: Decodable {
  struct Script: Decodable {
    let name: String
    /// In salty_more.json; in the other file, `epoch`.
    let startedAtUnixSeconds: Int64?
    let peerLongTerm, originalLongTerm: LongTermKeys
    let originalEphemeral: [EphemeralKey]
    let steps: [Step]
  }
  struct Step: Decodable {
    let what: String
    let unixSeconds: Int64?
    let datagram, packetIn: Hex?
    let outcome: String?
    let replies: [Reply]
    let writes: [Hex]
    let exitStatus: Int?
  }
  struct Reply: Decodable {
    let datagram: Hex
  }
  let scripts: [Script]
}

/// The second that the original's clock showed in all of salty_probe.json.
private let epoch: Int64 = 1_646_326_104

extension Probes.Script {
  /// It had no REMOTE_ADDRESS.
  var isFloating: Bool { name == "address" }

  func party() throws -> OldParty {
    let start = startedAtUnixSeconds ?? epoch
    let wireFormat = OldQuicktun.salty(
      secret: try originalLongTerm.secret.secretKey, peer: peerLongTerm.public.publicKey, at: OldParty.moment(start),
      keys: originalEphemeral.source())
    return OldParty(wireFormat, isFloating: isFloating, unixSeconds: start)
  }
}

extension Probes.Step {
  var source: Endpoint { what.contains("second address") ? OldParty.elsewhere : OldParty.peer }

  func play(_ party: OldParty) -> OldParty.Effects {
    if let unixSeconds { party.unixSeconds = unixSeconds }
    if let datagram { return party.open(datagram.bytes, from: source) }
    if let packetIn { return party.seal(packetIn.bytes) }
    return party.tick()
  }

  var expected: OldParty.Effects {
    OldParty.Effects(
      isTaken: outcome == "accepted", sent: replies.map(\.datagram.bytes), written: writes.map(\.bytes))
  }
}

@Suite("The model of quicktun 2.2.6's salty meets a peer that makes mistakes as the original did, holes and all")
struct OldPeerProbeTests {
  @Test("every step of every script", arguments: ["salty_probe", "salty_more"])
  func scripts(file: String) throws {
    let scripts = try vectors(file, as: Probes.self).scripts
    #expect(scripts.count >= 7)
    for script in scripts {
      let party = try script.party()
      for (number, step) in script.steps.enumerated() {
        #expect(step.play(party) == step.expected, "\(script.name), step \(number + 1): \(step.what)")
      }
    }
  }

  @Test("after a key that libsodium refuses it does nothing any more")
  func ended() throws {
    let scripts = try vectors("salty_probe", as: Probes.self).scripts
    let script = try #require(scripts.first { $0.steps.last?.exitStatus != nil })
    let party = try script.party()
    for step in script.steps { _ = step.play(party) }
    party.unixSeconds += 1000
    #expect(party.tick() == OldParty.Effects())
    #expect(party.seal([0x45]) == OldParty.Effects())
    let last = try #require(script.steps.last?.datagram)
    #expect(party.open(last.bytes) == OldParty.Effects())
  }
}
