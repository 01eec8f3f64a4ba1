import ProtocolKit
import Testing
import TunnelCore
import TunnelTesting

@testable import ProtocolSalty
@testable import Sodium

/// salty.json: conversations of two original programs, with the secrets of every key.
private struct SaltyVectors: Decodable {
  struct Conversation: Decodable {
    let name: String
    let longTerm: [String: LongTerm]
    let ephemeral: [Ephemeral]
    let datagrams: [Datagram]
  }
  struct LongTerm: Decodable {
    let secret: Hex
    let `public`: Hex
  }
  struct Ephemeral: Decodable {
    let keyId: Int
    let secret: Hex
    let `public`: Hex
    let baseNonce: Hex
  }
  struct Datagram: Decodable {
    let number: Int
    let from, to, kind: String
    let datagram: Hex
    let time: UInt64?
    let payload: Hex?
    let control: Control?
    let senderKeyId, recipientKeyId: Int?
    let counter: UInt32?
    let senderKey, recipientKey: Hex?
    let packet: Hex?
  }
  struct Control: Decodable {
    let senderKeyId, recipientKeyId: Int
    let acknowledgement: Bool
    let senderKey, senderNonce, recipientKey, recipientNonce: Hex
    let acceptedTime: UInt64
  }
  let conversations: [Conversation]
}

extension SaltyVectors.Control {
  var endsInZeros: Bool { [senderNonce, recipientNonce].allSatisfy { $0.bytes.suffix(4) == [0, 0, 0, 0] } }
}

extension SaltyVectors.Conversation {
  func agreement(of side: String, with other: String) throws -> KeyAgreement {
    let own = try #require(longTerm[side])
    let peer = try #require(longTerm[other])
    return try parameters(try own.secret.secretKey, peer.public.publicKey).agreement()
  }

  func localKey(_ publicKey: Hex?) throws -> LocalKey {
    let key = try #require(ephemeral.first { $0.public == publicKey })
    return LocalKey(secret: try key.secret.secretKey, nonce: unsafe BaseNonce(key.baseNonce.bytes.span.bytes, at: 0))
  }
}

@Suite("salty is on the wire as quicktun 2.2.6 has it")
struct GoldenSaltyTests {
  @Test("every control datagram of the originals opens, says what it said, and is sealed again to the same bytes")
  func controlDatagrams() throws {
    var count = 0
    for conversation in try vectors("salty", as: SaltyVectors.self).conversations {
      for one in conversation.datagrams {
        guard let control = one.control, let time = one.time, let payload = one.payload else { continue }
        count += 1
        let agreement = try conversation.agreement(of: one.to, with: one.from)
        let receiver = ControlChannel(agreement, start: ManualClock().now())
        var sealed = Array(one.datagram.bytes.dropFirst(ControlMessage.headerByteCount))
        let message = try #require(open(&sealed, receiver, time), "\(conversation.name), datagram \(one.number)")
        expect(message, control)
        // The original leaves its packet counter in the last four bytes of a base nonce; ours puts zeros there.
        if control.endsInZeros { #expect(try reseal(message, conversation, one, time) == one.datagram.bytes) }
        #expect(Array(sealed.dropFirst(BoxStream.tagByteCount)) == payload.bytes)
      }
    }
    #expect(count > 50)
  }

  private func open(_ sealed: inout [UInt8], _ channel: ControlChannel, _ time: UInt64) -> ControlMessage? {
    var channel = channel
    var elements = sealed.mutableSpan
    var span = elements.mutableBytes
    if case .message(let message) = channel.open(&span, time: time) { return message }
    return nil
  }

  private func expect(_ message: ControlMessage, _ control: SaltyVectors.Control) {
    #expect(message.senderKeyID == control.senderKeyId)
    #expect(message.recipientKeyID == control.recipientKeyId)
    #expect(message.isAcknowledgement == control.acknowledgement)
    #expect(message.sender.key == control.senderKey.publicKey)
    #expect(message.recipient.key == control.recipientKey.publicKey)
    #expect(message.acceptedTime == control.acceptedTime)
  }

  /// The datagram that a channel whose time is one less sends for `message`.
  private func reseal(
    _ message: ControlMessage, _ conversation: SaltyVectors.Conversation, _ one: SaltyVectors.Datagram, _ time: UInt64
  ) throws -> [UInt8] {
    let agreement = try conversation.agreement(of: one.from, with: one.to)
    let start = Moment(
      monotonicNanoseconds: 0, unixSeconds: Int64((time - 1) >> 8),
      unixNanoseconds: UInt32((((time - 1) & 0xff) * 1_000_000_000 + 255) / 256))
    var sender = ControlChannel(agreement, start: start)
    var control = PacketBatch(byteCapacity: 1000, slotCapacity: 1)
    sender.send(message, to: .unspecified, in: &control)
    return control.copy(of: 0)
  }

  @Test("every data datagram of the originals opens under its keys, and is sealed again to the same bytes")
  func dataDatagrams() throws {
    var count = 0
    for conversation in try vectors("salty", as: SaltyVectors.self).conversations {
      for one in conversation.datagrams where one.kind == "data" {
        // A restarted peer may be sealed for after its secret is gone from the record.
        guard let sender = try? conversation.localKey(one.senderKey),
          let recipient = try? conversation.localKey(one.recipientKey)
        else { continue }
        count += 1
        let place = "\(conversation.name), datagram \(one.number)"
        #expect(try open(one, sender, recipient) == one.packet?.bytes, "\(place)")
        #expect(try seal(one, sender, recipient) == one.datagram.bytes, "\(place)")
      }
    }
    #expect(count > 30)
  }

  private func open(_ one: SaltyVectors.Datagram, _ sender: LocalKey, _ recipient: LocalKey) throws -> [UInt8] {
    let cipher = try #require(
      ReceivingCipher(local: recipient, remote: sender.announcement, generation: 0, replayWindow: 5))
    var sealed = Array(one.datagram.bytes.dropFirst(DataHeader.byteCount))
    var elements = sealed.mutableSpan
    var span = elements.mutableBytes
    let refusal = cipher.open(&span, counter: try #require(one.counter))
    #expect(refusal == nil)
    return Array(sealed.dropFirst(BoxStream.tagByteCount))
  }

  private func seal(_ one: SaltyVectors.Datagram, _ sender: LocalKey, _ recipient: LocalKey) throws -> [UInt8] {
    let (id, remoteID) = (try #require(one.senderKeyId), try #require(one.recipientKeyId))
    let made = SendingCipher(local: sender, id: id, remote: recipient.announcement.key, remoteID: remoteID)
    let cipher = try #require(made)
    sender.counter = try #require(one.counter) - 1
    let packet = try #require(one.packet).bytes
    var room = [UInt8](repeating: 0, count: BoxStream.roomByteCount) + packet
    var elements = room.mutableSpan
    var span = elements.mutableBytes
    let isSealed = cipher.seal(&span)
    #expect(isSealed)
    return Array(room.suffix(packet.count + SaltyProtocol.dataOverhead))
  }
}
