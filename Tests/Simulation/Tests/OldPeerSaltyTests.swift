import Sodium
import Testing
import TunnelCore

@testable import Simulation

/// salty.json: conversations of two original programs, one cause a step, with the secrets of every key.
private struct Conversations: Decodable {
  struct Conversation: Decodable {
    let name: String
    let longTerm: [String: LongTermKeys]
    let startedAtUnixSeconds: Int64
    let ephemeral: [EphemeralKey]
    let datagrams: [Datagram]
    let timeline: [Step]
  }
  struct Datagram: Decodable {
    let number: Int
    let datagram: Hex
  }
  struct Step: Decodable {
    let step: Int
    let `do`: String
    let side, to, outcome: String?
    let unixSeconds: Int64?
    let packet: Hex?
    let datagram: Int?
    let sends: [Int]?
    let writes: [Hex]?
  }
  let conversations: [Conversation]
}

/// Both sides of a conversation.
private final class Replay {
  let conversation: Conversations.Conversation
  private var parties: [String: OldParty] = [:]
  private var starts: [String: Int] = [:]
  private var clocks: [String: Int64] = [:]

  init(_ conversation: Conversations.Conversation) { self.conversation = conversation }

  private func datagram(_ number: Int) throws -> [UInt8] {
    try #require(conversation.datagrams.first { $0.number == number }).datagram.bytes
  }

  private func start(_ side: String) throws -> OldParty {
    starts[side, default: 0] += 1
    let keys = conversation.ephemeral.filter { $0.side == side && $0.start == starts[side] }
    let own = try #require(conversation.longTerm[side])
    let peer = try #require(conversation.longTerm[side == "a" ? "b" : "a"])
    let seconds = clocks[side] ?? conversation.startedAtUnixSeconds
    let wireFormat = OldQuicktun.salty(
      secret: try own.secret.secretKey, peer: peer.public.publicKey, at: OldParty.moment(seconds), keys: keys.source())
    return OldParty(wireFormat, unixSeconds: seconds)
  }

  func play(_ step: Conversations.Step) throws {
    let side = try #require(step.side ?? step.to)
    switch step.do {
    case "start":
      parties[side] = try start(side)
      try expect(try party(side).tick(), step)
    case "stop": parties[side] = nil
    case "lose": break
    case "clock":
      let seconds = try #require(step.unixSeconds)
      clocks[side] = seconds
      parties[side]?.unixSeconds = seconds
    case "packet": try expect(try party(side).seal(try #require(step.packet).bytes), step)
    case "idle": try expect(try party(side).tick(), step)
    case "deliver": try expect(try party(side).open(try datagram(try #require(step.datagram))), step)
    default: Issue.record("nobody knows how to \(step.do)")
    }
  }

  private func party(_ side: String) throws -> OldParty { try #require(parties[side]) }

  private func expect(_ effects: OldParty.Effects, _ step: Conversations.Step) throws {
    let expected = OldParty.Effects(
      isTaken: step.outcome == "accepted", sent: try #require(step.sends).map(datagram),
      written: try #require(step.writes).map(\.bytes))
    #expect(effects == expected, "\(conversation.name), step \(step.step)")
  }
}

@Suite("The model of quicktun 2.2.6's salty does what the original did")
struct OldPeerSaltyTests {
  @Test("both sides of every conversation of two originals, byte for byte")
  func conversations() throws {
    let conversations = try vectors("salty", as: Conversations.self).conversations
    #expect(conversations.count == 7)
    for conversation in conversations {
      let replay = Replay(conversation)
      for step in conversation.timeline { try replay.play(step) }
    }
  }
}
