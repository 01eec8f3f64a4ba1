import Sodium
import TunnelCore

/// What a control datagram says, and how it is laid out.
///
///     datagram = 0x80 || time(8) || seal(control key, nonce, payload(121))      146 bytes
///     nonce    = role(1) || 15 zero bytes || time(8)
///     payload  = flags(1) || sender's key(32) || its base nonce(24) || recipient's key as the sender knows it(32)
///                || its base nonce likewise(24) || last control time accepted from the recipient(8)
///     flags    = 0 | sender's key id << 6 | recipient's key id << 5 | acknowledgement << 4
struct ControlMessage {
  static let firstByte: UInt8 = 0x80
  static let headerByteCount = 9
  static let payloadByteCount = 121
  static let datagramByteCount = headerByteCount + BoxStream.tagByteCount + payloadByteCount

  var senderKeyID: Int
  var recipientKeyID: Int
  var isAcknowledgement: Bool
  var sender: Announcement
  var recipient: Announcement
  var acceptedTime: UInt64

  private enum Offset {
    static let sender = 1
    static let recipient = 57
    static let acceptedTime = 113
  }

  init(
    senderKeyID: Int, recipientKeyID: Int, isAcknowledgement: Bool, sender: Announcement, recipient: Announcement,
    acceptedTime: UInt64
  ) {
    self.senderKeyID = senderKeyID
    self.recipientKeyID = recipientKeyID
    self.isAcknowledgement = isAcknowledgement
    self.sender = sender
    self.recipient = recipient
    self.acceptedTime = acceptedTime
  }

  private static let unusedFlags: UInt8 = 0x8f

  /// Reads an opened payload of `payloadByteCount` bytes. Nil if it has flags that nobody sends.
  init?(payload: RawSpan) {
    let flags = payload.bigEndian(at: 0, as: UInt8.self)
    guard flags & Self.unusedFlags == 0 else { return nil }
    senderKeyID = Int(flags >> 6 & 1)
    recipientKeyID = Int(flags >> 5 & 1)
    isAcknowledgement = flags & 0x10 != 0
    sender = Announcement(payload, at: Offset.sender)
    recipient = Announcement(payload, at: Offset.recipient)
    acceptedTime = payload.bigEndian(at: Offset.acceptedTime, as: UInt64.self)
  }

  /// Writes the payload at `offset` of `span`.
  @_lifetime(span: copy span)
  func write(to span: inout MutableRawSpan, at offset: Int) {
    let flags = UInt8(senderKeyID << 6 | recipientKeyID << 5 | (isAcknowledgement ? 0x10 : 0))
    span.storeBigEndian(flags, at: offset)
    sender.write(to: &span, at: offset + Offset.sender)
    recipient.write(to: &span, at: offset + Offset.recipient)
    span.storeBigEndian(acceptedTime, at: offset + Offset.acceptedTime)
  }
}

/// An ephemeral public key with the base nonce of what its owner seals.
struct Announcement: Equatable {
  var key: PublicKey
  var nonce: BaseNonce

  init(key: PublicKey, nonce: BaseNonce) {
    self.key = key
    self.nonce = nonce
  }

  init(_ bytes: RawSpan, at offset: Int) {
    key = PublicKey(bytes.extracting(offset..<offset + PublicKey.byteCount))
    nonce = BaseNonce(bytes, at: offset + PublicKey.byteCount)
  }

  @_lifetime(span: copy span)
  func write(to span: inout MutableRawSpan, at offset: Int) {
    key.write(to: &span, at: offset)
    nonce.write(to: &span, at: offset + PublicKey.byteCount)
  }

  /// What is quoted while nothing is known yet: random bytes, which no key of low order can be.
  static func random() -> Announcement {
    Announcement(key: SecretKey().publicKey, nonce: .random())
  }
}

/// The 20 bytes that all nonces of a key begin with; a counter of 4 bytes follows. On the wire those 4 are zero.
struct BaseNonce: Equatable {
  let prefix: BoxStream.NoncePrefix
  private let word: UInt32

  init(prefix: BoxStream.NoncePrefix, word: UInt32) {
    self.prefix = prefix
    self.word = word
  }

  init(_ bytes: RawSpan, at offset: Int) {
    prefix = .init(
      high: bytes.bigEndian(at: offset, as: UInt64.self), low: bytes.bigEndian(at: offset + 8, as: UInt64.self))
    word = bytes.bigEndian(at: offset + 16, as: UInt32.self)
  }

  @_lifetime(span: copy span)
  func write(to span: inout MutableRawSpan, at offset: Int) {
    span.storeBigEndian(prefix.high, at: offset)
    span.storeBigEndian(prefix.low, at: offset + 8)
    span.storeBigEndian(word, at: offset + 16)
    span.storeBigEndian(UInt32(0), at: offset + 20)
  }

  /// The last 8 bytes of the nonce of packet `counter`.
  @inline(__always)
  func tail(_ counter: UInt32) -> UInt64 { UInt64(word) << 32 | UInt64(counter) }

  static func random() -> BaseNonce {
    var generator = SecureRandom()
    return BaseNonce(
      prefix: .init(high: generator.next(), low: generator.next()),
      word: UInt32(truncatingIfNeeded: generator.next() as UInt64))
  }
}
