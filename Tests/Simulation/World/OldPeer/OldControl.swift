/// The inside of a control datagram: what one side tells of itself, and what it has heard of the other.
struct OldControl {
  static let byteCount = 121
  /// 0x80 and the time, in clear.
  static let headerByteCount = 9
  static let datagramByteCount = headerByteCount + OldBox.tagByteCount + byteCount

  var senderKeyID, recipientKeyID: Int
  var isAcknowledgement: Bool
  var senderKey, senderNonce, recipientKey, recipientNonce: [UInt8]
  /// The last control time that the sender has accepted from the recipient.
  var acceptedTime: UInt64

  var bytes: [UInt8] {
    let flags = UInt8(senderKeyID << 6 | recipientKeyID << 5 | (isAcknowledgement ? 1 << 4 : 0))
    return [flags] + senderKey + senderNonce + recipientKey + recipientNonce + [UInt8](bigEndian: acceptedTime)
  }

  static func nonce(_ role: UInt8, time: UInt64) -> [UInt8] {
    [role] + [UInt8](repeating: 0, count: 15) + [UInt8](bigEndian: time)
  }
}

extension OldControl {
  /// Reads the first 121 of `payload`'s bytes; more are ignored.
  init(_ payload: [UInt8]) {
    var rest = payload[...]
    func next(_ count: Int) -> [UInt8] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let flags = next(1)[0]
    self.init(
      senderKeyID: Int(flags >> 6 & 1), recipientKeyID: Int(flags >> 5 & 1), isAcknowledgement: flags >> 4 & 1 == 1,
      senderKey: next(OldBox.keyByteCount), senderNonce: next(OldBox.nonceByteCount),
      recipientKey: next(OldBox.keyByteCount), recipientNonce: next(OldBox.nonceByteCount),
      acceptedTime: next(8).bigEndian())
  }
}
