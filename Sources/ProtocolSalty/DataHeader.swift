/// The first word of a data datagram: 0 || sender's key id || recipient's key id || counter(29).
enum DataHeader {
  static let byteCount = 4
  static let counterMask: UInt32 = 1 << 29 - 1
  /// From here on a new key is wanted.
  static let counterComfort: UInt32 = 1 << 28

  static func word(senderKeyID: Int, recipientKeyID: Int) -> UInt32 {
    UInt32(senderKeyID) << 30 | UInt32(recipientKeyID) << 29
  }

  /// The index of the receiving cipher that a header names.
  static func cipherIndex(_ word: UInt32) -> Int { Int(word >> 29 & 3) }
  static func cipherIndex(senderKeyID: Int, recipientKeyID: Int) -> Int { senderKeyID << 1 | recipientKeyID }
}
