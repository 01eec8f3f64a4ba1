import Sodium

/// A control datagram's payload, field by field.
struct ControlPayload {
  static let byteCount = 121

  var flags: UInt8
  var senderKey: PublicKey
  var senderNonce: [UInt8]
  var recipientKey: PublicKey
  var recipientNonce: [UInt8]
  var acceptedTime: UInt64

  init(
    flags: UInt8, senderKey: PublicKey, senderNonce: [UInt8], recipientKey: PublicKey, recipientNonce: [UInt8],
    acceptedTime: UInt64
  ) {
    self.flags = flags
    self.senderKey = senderKey
    self.senderNonce = senderNonce
    self.recipientKey = recipientKey
    self.recipientNonce = recipientNonce
    self.acceptedTime = acceptedTime
  }

  init(_ bytes: [UInt8]) {
    flags = bytes[0]
    senderKey = PublicKey(Array(bytes[1..<33]).span.bytes)
    senderNonce = Array(bytes[33..<57])
    recipientKey = PublicKey(Array(bytes[57..<89]).span.bytes)
    recipientNonce = Array(bytes[89..<113])
    acceptedTime = number(bytes[113..<121])
  }

  var bytes: [UInt8] {
    func bytes(of key: PublicKey) -> [UInt8] {
      var copy = [UInt8](repeating: 0, count: PublicKey.byteCount)
      var span = copy.mutableSpan
      var raw = span.mutableBytes
      key.write(to: &raw)
      return copy
    }
    return [flags] + bytes(of: senderKey) + senderNonce + bytes(of: recipientKey) + recipientNonce
      + bigEndian(acceptedTime)
  }
}

func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
