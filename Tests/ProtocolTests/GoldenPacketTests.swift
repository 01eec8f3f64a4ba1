import ProtocolKit
import Testing
import TunnelCore
import TunnelTesting

/// nacl0.json and nacltai.json: packets and datagrams that passed through the original program.
private struct PacketVectors: Decodable {
  struct Case: Decodable {
    let name: String
    let senderSecret, senderPublic, receiverSecret, receiverPublic: Hex
    let senderRole, receiverRole: Int?
    let stampNanoseconds, stampCounter: UInt32?
    let unixSeconds: Int64?
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
  let cases: [Case]
  let refused: Refused
  let reflections: [Reflection]
}

@Suite("Single packets are on the wire as quicktun 2.2.6 has them")
struct GoldenPacketTests {
  @Test("every golden datagram opens to its packet", arguments: ["nacl0", "nacltai"])
  func opening(name: String) throws {
    let file: PacketVectors = try vectors(name)
    #expect(file.cases.count >= 40)
    for one in file.cases {
      var parameters = parameters(try one.receiverSecret.secretKey, one.senderPublic.publicKey)
      parameters[.role] = one.receiverRole.map { $0 != 0 }
      let receiver = try Party(name, parameters)
      let opened = receiver.open(one.datagram.bytes)
      #expect(opened.packet == one.packet.bytes, "\(one.name)")
    }
  }

  @Test("nacl0 seals every golden packet to its datagram")
  func sealingNaCl0() throws {
    let file: PacketVectors = try vectors("nacl0")
    for one in file.cases {
      let sender = try Party("nacl0", parameters(try one.senderSecret.secretKey, one.receiverPublic.publicKey))
      #expect(sender.seal(one.packet.bytes).packet == one.datagram.bytes, "\(one.name)")
    }
  }

  @Test("nacltai seals a golden packet to its datagram when its clock shows the golden stamp")
  func sealingNaClTAI() throws {
    let file: PacketVectors = try vectors("nacltai")
    var sealed = 0
    for one in file.cases {
      // Ours counts from 1 at each reading of the clock.
      guard let counter = one.stampCounter, (1...500).contains(counter), let seconds = one.unixSeconds else { continue }
      let clock = ManualClock(unixSeconds: seconds)
      clock.moment.unixNanoseconds = one.stampNanoseconds ?? 0
      var parameters = parameters(try one.senderSecret.secretKey, one.receiverPublic.publicKey, at: clock.now())
      parameters[.role] = one.senderRole.map { $0 != 0 }
      let sender = try Party("nacltai", parameters, clock: clock)
      for _ in 1..<counter { _ = sender.seal([]) }
      #expect(sender.seal(one.packet.bytes).packet == one.datagram.bytes, "\(one.name)")
      sealed += 1
    }
    #expect(sealed > 20)
  }

  @Test("what the original refuses is refused, and leaves no trace", arguments: ["nacl0", "nacltai"])
  func refusing(name: String) throws {
    let refused = try vectors(name, as: PacketVectors.self).refused
    let receiver = try Party(name, parameters(try refused.receiverSecret.secretKey, refused.senderPublic.publicKey))
    for bad in refused.datagrams { #expect(receiver.open(bad.datagram.bytes).packet == nil, "\(bad.what)") }
    #expect(receiver.open(refused.goodDatagram.bytes).packet == refused.goodPacket.bytes)
  }

  @Test(
    "a datagram sent back to its sender fares as with the original: only the role byte keeps it out",
    arguments: ["nacl0", "nacltai"])
  func reflecting(name: String) throws {
    for one in try vectors(name, as: PacketVectors.self).reflections {
      let sender = try Party(name, parameters(try one.ownSecret.secretKey, one.peerPublic.publicKey))
      let isTaken = sender.open(one.datagram.bytes).packet != nil
      #expect(isTaken == (one.outcome == "accepted"), "\(name), \(one.name)")
    }
  }
}

/// nacltai_replay.json: which stamps the original takes and which it drops.
private struct ReplayVectors: Decodable {
  struct Script: Decodable {
    struct Step: Decodable {
      let what: String
      let datagram: Hex
      let packet: Hex
      let outcome: String
    }
    let name: String
    let timeWindow: UInt32?
    let startedAtUnixSeconds: Int64
    let steps: [Step]
  }
  let senderPublic, receiverSecret: Hex
  let scripts: [Script]
}

extension ReplayVectors.Script.Step {
  var stamp: UInt128 { datagram.bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) } }

  /// Here the original takes what is more than a minute behind the latest: a recording, and we do not.
  func isOld(beside highest: UInt128) -> Bool { highest > stamp && highest - stamp > UInt128(60) << 64 }
}

@Suite("nacltai's replay window")
struct GoldenReplayTests {
  @Test("with five remembered stamps each datagram of the last minute fares as with the original, none older passes")
  func windowOfFive() throws {
    let file: ReplayVectors = try vectors("nacltai_replay")
    for script in file.scripts {
      let clock = ManualClock(unixSeconds: script.startedAtUnixSeconds)
      clock.moment.unixNanoseconds = 500
      var parameters = parameters(try file.receiverSecret.secretKey, file.senderPublic.publicKey, at: clock.now())
      parameters.replayWindow = 5
      parameters[.timeWindow] = script.timeWindow
      let receiver = try Party("nacltai", parameters, clock: clock)
      var highest: UInt128 = 0
      for (number, step) in script.steps.enumerated() {
        let isTaken = receiver.open(step.datagram.bytes).packet != nil
        let isExpected = step.outcome == "accepted" && !step.isOld(beside: highest)
        #expect(isTaken == isExpected, "\(script.name), step \(number + 1): \(step.what)")
        if isTaken { highest = max(highest, step.stamp) }
      }
    }
  }

  @Test("a larger window takes whatever five would of the last minute, and nothing twice")
  func largerWindow() throws {
    let file: ReplayVectors = try vectors("nacltai_replay")
    for script in file.scripts {
      var parameters = parameters(try file.receiverSecret.secretKey, file.senderPublic.publicKey)
      parameters.start.unixSeconds = script.startedAtUnixSeconds
      parameters[.timeWindow] = script.timeWindow
      let receiver = try Party("nacltai", parameters)
      var taken: Set<[UInt8]> = []
      var highest: UInt128 = 0
      for step in script.steps {
        guard receiver.open(step.datagram.bytes).packet != nil else {
          let isRefused = step.outcome == "dropped" || script.timeWindow != nil || step.isOld(beside: highest)
          #expect(isRefused, "\(script.name): \(step.what)")
          continue
        }
        highest = max(highest, step.stamp)
        #expect(taken.insert(step.datagram.bytes).inserted, "\(script.name): \(step.what) was taken twice")
      }
    }
  }
}
