import ProtocolKit
import ProtocolSequence
import Sodium
import Testing
import TunnelCore
import TunnelTesting

/// The protocol over memory, against somebody who holds the wire.
@Suite struct SequenceProtocolTests {
  static let packet: [UInt8] = Array("a packet that nobody else should read".utf8)

  @Test(arguments: [1, 31, 32, 33, 64, 1400, 65_000])
  func packetsArriveAsTheyWere(length: Int) throws {
    let ends = try TwoEnds()
    let packet = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let there = try ends.a.send(packet, packet)
    #expect(there.map(\.count) == [length + 32, length + 32])
    #expect(try ends.deliverToB(there) == [packet, packet])
    #expect(try ends.a.receive(try ends.b.send(packet), from: ends.b.endpoint) == [packet])
  }

  /// The description's is what MTU=auto takes off.
  @Test func theDescriptionKnowsTheOverhead() throws {
    let parameters = ProtocolParameters(
      secretKey: SecretKey(), peerKey: SecretKey().publicKey, start: TwoEnds.start)
    let description = SequenceProtocol.description
    #expect(try description.make(parameters).sealer.overhead == description.overhead)
  }

  @Test func equalPacketsLookDifferent() throws {
    let ends = try TwoEnds()
    let datagrams = try ends.a.send(Self.packet, Self.packet)
    #expect(datagrams[0].dropFirst(16) != datagrams[1].dropFirst(16))
    #expect(!datagrams[0].contains(Self.packet))
  }

  @Test func anEmptyPacketIsAKeepalive() throws {
    let ends = try TwoEnds()
    #expect(try ends.deliverToB(try ends.a.send([])) == [])
    #expect(ends.b.relay.session.counters.inbound.controlReceived == 1)
    #expect(ends.b.relay.session.peer == ends.a.endpoint)
  }

  /// Every bit of header, tag and ciphertext counts, and a forger does not become the peer.
  @Test func aFlippedBitIsNotAuthentic() throws {
    let ends = try TwoEnds()
    let datagram = try ends.a.send(Self.packet)[0]
    for bit in 0..<8 * datagram.count {
      var forged = datagram
      forged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(try ends.b.receive([forged], from: End.address(66)) == [])
    }
    #expect(ends.b.drops(.notAuthentic) == UInt64(8 * datagram.count))
    #expect(ends.b.relay.session.peer == End.address(99))
    // None of the forged numbers has moved the replay window.
    #expect(try ends.deliverToB([datagram]) == [Self.packet])
  }

  @Test func truncatedAndExtended() throws {
    let ends = try TwoEnds()
    let datagram = try ends.a.send(Self.packet)[0]
    for length in 0..<datagram.count { #expect(try ends.deliverToB([Array(datagram.prefix(length))]) == []) }
    #expect(try ends.deliverToB([datagram + [0]]) == [])
    #expect(ends.b.drops(.tooShort) == 32)
  }

  @Test func aReplayIsADuplicate() throws {
    let ends = try TwoEnds()
    let datagram = try ends.a.send(Self.packet)
    #expect(try ends.deliverToB(datagram) == [Self.packet])
    #expect(try ends.b.receive(datagram + datagram, from: End.address(66)) == [])
    #expect(ends.b.drops(.duplicate) == 2)
    #expect(ends.b.relay.session.peer == ends.a.endpoint)
  }

  @Test func aReflectionIsNotAuthentic() throws {
    let ends = try TwoEnds()
    #expect(try ends.a.receive(try ends.a.send(Self.packet), from: ends.b.endpoint) == [])
    #expect(ends.a.drops(.notAuthentic) == 1)
  }

  /// REPLAY_WINDOW: a packet passes that fewer others than that have overtaken.
  @Test func reorderingWithinTheWindow() throws {
    let ends = try TwoEnds(replayWindow: 5)
    let datagrams = try ends.a.send(Self.packet, [1], [2], [3], [4], [5], [6])
    #expect(try ends.deliverToB(Array(datagrams[2...])) == [[2], [3], [4], [5], [6]])
    #expect(try ends.deliverToB([datagrams[1]]) == [])
    #expect(ends.b.drops(.late) == 1)
  }

  /// CHANNEL: who has the keys but another channel is as a stranger.
  @Test func anotherChannelIsNotAuthentic() throws {
    let ends = try TwoEnds()
    try ends.restartB { $0[SequenceProtocol.channel] = 7 }
    #expect(try ends.deliverToB(try ends.a.send(Self.packet)) == [])
    #expect(ends.b.drops(.notAuthentic) == 1)
  }

  /// The sender forgets everything when it is started again; its numbers go on rising all the same.
  @Test func aRestartedSenderIsUnderstoodAtOnce() throws {
    let ends = try TwoEnds()
    let old = try ends.a.send(Self.packet)
    #expect(try ends.deliverToB(old) == [Self.packet])
    ends.clock.advance(seconds: 0, nanoseconds: 1000)
    try ends.restartA()
    #expect(try ends.deliverToB(try ends.a.send([1])) == [[1]])
    #expect(try ends.deliverToB(old) == [])
  }

  /// Even if its clock stands where it was or is set back, no nonce is used twice.
  @Test func aClockSetBackCostsAnOutageAndNothingElse() throws {
    let ends = try TwoEnds()
    let old = try ends.a.send([1])
    #expect(try ends.deliverToB(old) == [[1]])
    try ends.restartA()
    let new = try ends.a.send([1])
    #expect(new[0][8..<16] == old[0][8..<16])  // the same number ...
    #expect(new[0][..<8] != old[0][..<8])  // ... but another salt
    #expect(try ends.deliverToB(new) == [])
    ends.clock.advance(seconds: 1)
    #expect(try ends.deliverToB(try ends.a.send([2])) == [[2]])
  }

  @Test func aClockThatStepsBackDuringARunIsIgnored() throws {
    let ends = try TwoEnds()
    #expect(try ends.deliverToB(try ends.a.send([1])) == [[1]])
    ends.clock.step(toUnixSeconds: 0)
    #expect(try ends.deliverToB(try ends.a.send([2])) == [[2]])
  }

  /// A receiver that was started again knows no numbers; TIME_WINDOW keeps old recordings out.
  @Test func timeWindowKeepsRecordingsOut() throws {
    let ends = try TwoEnds()
    let recorded = try ends.a.send([1])
    ends.clock.advance(seconds: 60)
    let recent = try ends.a.send([2])
    ends.clock.advance(seconds: 1)
    try ends.restartB { $0[.timeWindow] = 10 }
    #expect(try ends.deliverToB(recorded + recent) == [[2]])
    #expect(ends.b.drops(.late) == 1)
  }

  @Test func withoutKeysThereIsNoTunnel() throws {
    let parameters = ProtocolParameters(start: TwoEnds.start)
    #expect(throws: ProtocolError.missingKeys) { try SequenceProtocol.description.make(parameters) }
  }
}
