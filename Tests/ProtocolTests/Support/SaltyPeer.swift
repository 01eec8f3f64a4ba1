import ProtocolKit
import TunnelCore
import TunnelTesting

@testable import ProtocolSalty
@testable import Sodium

/// A peer that holds the right long-term key and says whatever a test wants.
final class SaltyPeer {
  let own = SecretKey()
  let other = SecretKey()
  var channel: ControlChannel
  /// The ephemeral key that it announces unless told otherwise.
  let key = LocalKey()

  init(clock: ManualClock) throws {
    channel = ControlChannel(try parameters(own, other.publicKey).agreement(), start: clock.now())
  }

  /// The one that it talks to.
  func subject(clock: ManualClock, replayWindow: Int = 2048) throws -> Party {
    var parameters = parameters(other, own.publicKey, at: clock.now())
    parameters.replayWindow = replayWindow
    let party = try Party("salty", parameters, clock: clock)
    party.tick()
    return party
  }

  /// A control datagram that quotes `quoted` as the subject's key in slot `recipientKeyID`.
  func control(
    announcing sender: Announcement? = nil, quoting quoted: Announcement, recipientKeyID: Int = 1,
    isAcknowledgement: Bool = false
  ) -> [UInt8] {
    let message = ControlMessage(
      senderKeyID: 1, recipientKeyID: recipientKeyID, isAcknowledgement: isAcknowledgement,
      sender: sender ?? key.announcement, recipient: quoted, acceptedTime: 0)
    var control = PacketBatch(byteCapacity: 1000, slotCapacity: 1)
    channel.send(message, to: .unspecified, in: &control)
    return control.copy(of: 0)
  }

  /// An authentic control datagram of any time, whose flag byte went through `flags`.
  func control(
    quoting quoted: Announcement, at time: UInt64, acceptedTime: UInt64 = 0, flags: (UInt8) -> UInt8 = { $0 }
  ) throws -> [UInt8] {
    let agreement = try parameters(own, other.publicKey).agreement()
    let message = ControlMessage(
      senderKeyID: 1, recipientKeyID: 1, isAcknowledgement: false, sender: key.announcement, recipient: quoted,
      acceptedTime: acceptedTime)
    let room = BoxStream.roomByteCount
    var bytes = [UInt8](repeating: 0, count: room + ControlMessage.payloadByteCount)
    var elements = bytes.mutableSpan
    var span = elements.mutableBytes
    message.write(to: &span, at: room)
    span.storeBigEndian(flags(span.bigEndian(at: room, as: UInt8.self)), at: room)
    let prefix = BoxStream.NoncePrefix(high: UInt64(agreement.roles().sending) << 56, low: 0)
    BoxStream(agreement.shared).seal(&span, prefix: prefix, tail: time)
    return [ControlMessage.firstByte] + (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) }
      + bytes.dropFirst(room - BoxStream.tagByteCount)
  }

  /// What the subject's control datagram says.
  func read(_ datagram: [UInt8]?) -> ControlMessage? {
    guard let datagram, datagram.count == ControlMessage.datagramByteCount else { return nil }
    let time = controlTime(datagram)
    var sealed = Array(datagram.dropFirst(ControlMessage.headerByteCount))
    var elements = sealed.mutableSpan
    var span = elements.mutableBytes
    if case .message(let message) = channel.open(&span, time: time) { return message }
    return nil
  }

  /// A data datagram for the subject's key `recipient` in slot 1, with the given counter.
  func data(_ packet: [UInt8], to recipient: Announcement, counter: UInt32) -> [UInt8] {
    guard let cipher = SendingCipher(local: key, id: 1, remote: recipient.key, remoteID: 1) else { return [] }
    key.counter = counter - 1
    var room = [UInt8](repeating: 0, count: BoxStream.roomByteCount) + packet
    var elements = room.mutableSpan
    var span = elements.mutableBytes
    _ = cipher.seal(&span)
    return Array(room.suffix(packet.count + SaltyProtocol.dataOverhead))
  }
}

/// The time in a control datagram.
func controlTime(_ datagram: [UInt8]) -> UInt64 { datagram[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
