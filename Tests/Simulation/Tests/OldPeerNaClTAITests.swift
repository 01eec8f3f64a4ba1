import Sodium
import Testing
import TunnelCore

@testable import Simulation

/// nacltai.json: single packets that the original received and sent.
private struct PacketVectors: Decodable {
  struct Case: Decodable {
    let name, keys: String
    let alsoVerifiedWith: String?
    let senderSecret, senderPublic, receiverSecret, receiverPublic: Hex
    let senderRole, receiverRole: Int?
    let stampNanoseconds, stampCounter: UInt32
    let unixSeconds: Int64
    let packet, datagram: Hex
  }
  struct Refused: Decodable {
    struct Bad: Decodable {
      let what: String
      let datagram: Hex
    }
    let receiverSecret, senderPublic, goodDatagram, goodPacket: Hex
    let datagrams: [Bad]
  }
  struct Reflection: Decodable {
    let name: String
    let ownSecret, peerPublic, datagram: Hex
    let outcome: String
  }
  struct Limit: Decodable {
    let packetLength: Int
    let outcome: String
  }
  let cases: [Case]
  let refused: Refused
  let reflections: [Reflection]
  let receiveLimits, sendLimits: [Limit]
}

/// nacltai_replay.json: which stamps the original takes.
private struct ReplayVectors: Decodable {
  struct Script: Decodable {
    let name: String
    let timeWindow: UInt32?
    let startedAtUnixSeconds: Int64
    let steps: [Step]
  }
  struct Step: Decodable {
    let what: String
    let datagram, packet: Hex
    let outcome: String
  }
  let senderPublic, receiverSecret: Hex
  let scripts: [Script]
}

private func party(
  _ secret: Hex, _ peer: Hex, role: Int? = nil, timeWindow: UInt32? = nil, at unixSeconds: Int64 = 0
) throws -> OldParty {
  let wireFormat = OldQuicktun.nacltai(
    secret: try secret.secretKey, peer: peer.publicKey, timeWindow: timeWindow, role: role.map { $0 != 0 },
    at: OldParty.moment(unixSeconds))
  return OldParty(wireFormat, unixSeconds: unixSeconds)
}

@Suite("The model of quicktun 2.2.6's nacltai does what the original did")
struct OldPeerNaClTAITests {
  @Test("it takes every golden datagram")
  func receiving() throws {
    let cases = try vectors("nacltai", as: PacketVectors.self).cases
    #expect(cases.count > 50)
    for one in cases {
      let receiver = try party(one.receiverSecret, one.senderPublic, role: one.receiverRole)
      let expected = OldParty.Effects(isTaken: true, written: one.packet.bytes.isEmpty ? [] : [one.packet.bytes])
      #expect(receiver.open(one.datagram.bytes) == expected, "\(one.name)")
    }
  }

  @Test("it sends what the original sent: its counter goes on whatever the clock shows")
  func sending() throws {
    let cases = try vectors("nacltai", as: PacketVectors.self).cases.filter { $0.alsoVerifiedWith != nil }
    #expect(cases.count > 40)
    for one in cases {
      let sender = try party(one.senderSecret, one.receiverPublic, role: one.senderRole)
      for _ in 1..<one.stampCounter { _ = sender.seal([0x45]) }
      sender.unixSeconds = one.unixSeconds
      #expect(sender.seal(one.packet.bytes).sent == [one.datagram.bytes], "\(one.name)")
    }
  }

  @Test("its stamps go back with the clock")
  func clockSetBack() throws {
    let one = try #require(vectors("nacltai", as: PacketVectors.self).cases.first)
    let sender = try party(one.senderSecret, one.receiverPublic, at: 1_600_135_629)
    let stamps = [0, 0, -5].map { (change: Int64) in
      sender.unixSeconds += change
      return Array(sender.seal([0x45]).sent[0].prefix(16))
    }
    // Seen of the original, with Debian's package and a clock that was set back by five seconds.
    let expected: [[UInt8]] = [
      [0x40, 0, 0, 0, 0x5f, 0x60, 0x21, 0xd7, 0, 0, 1, 0xf4, 0, 0, 0, 1],
      [0x40, 0, 0, 0, 0x5f, 0x60, 0x21, 0xd7, 0, 0, 1, 0xf4, 0, 0, 0, 2],
      [0x40, 0, 0, 0, 0x5f, 0x60, 0x21, 0xd2, 0, 0, 1, 0xf4, 0, 0, 0, 3],
    ]
    #expect(stamps == expected)
  }

  @Test("every script about stamps that come again, late or out of turn")
  func replays() throws {
    let file: ReplayVectors = try vectors("nacltai_replay")
    #expect(file.scripts.count > 20)
    for script in file.scripts {
      let receiver = try party(
        file.receiverSecret, file.senderPublic, timeWindow: script.timeWindow, at: script.startedAtUnixSeconds)
      for (number, step) in script.steps.enumerated() {
        let isTaken = step.outcome == "accepted"
        let written = isTaken && !step.packet.bytes.isEmpty ? [step.packet.bytes] : []
        let expected = OldParty.Effects(isTaken: isTaken, written: written)
        #expect(receiver.open(step.datagram.bytes) == expected, "\(script.name), step \(number + 1): \(step.what)")
      }
    }
  }

  @Test("it refuses what the original refused, and takes its own where the original did")
  func refusing() throws {
    let file: PacketVectors = try vectors("nacltai")
    let receiver = try party(file.refused.receiverSecret, file.refused.senderPublic)
    for bad in file.refused.datagrams { #expect(!receiver.open(bad.datagram.bytes).isTaken, "\(bad.what)") }
    #expect(receiver.open(file.refused.goodDatagram.bytes).written == [file.refused.goodPacket.bytes])
    for one in file.reflections {
      let sender = try party(one.ownSecret, one.peerPublic)
      #expect(sender.open(one.datagram.bytes).isTaken == (one.outcome == "accepted"), "\(one.name)")
    }
  }

  @Test("long packets pass as far as they did; what damaged the original is dropped")
  func limits() throws {
    let file: PacketVectors = try vectors("nacltai")
    let one = try #require(file.cases.first { $0.keys == "distinct" })
    func packet(_ limit: PacketVectors.Limit) -> [UInt8] { Array(repeating: 0x45, count: limit.packetLength) }
    for limit in file.sendLimits {
      let sender = try party(one.senderSecret, one.receiverPublic)
      #expect(sender.seal(packet(limit)).sent.isEmpty == (limit.outcome != "correct"), "\(limit.packetLength) bytes")
    }
    for limit in file.receiveLimits {
      // One that ours sends, where the model does not.
      let datagram = try party(one.senderSecret, one.receiverPublic).seal(packet(limit)).sent.first
      guard let datagram else { continue }
      let receiver = try party(one.receiverSecret, one.senderPublic)
      #expect(receiver.open(datagram).isTaken == (limit.outcome == "accepted"), "\(limit.packetLength) bytes")
    }
  }
}
