import Sodium

/// crypto_box over arrays, for harnesses.
struct Box {
  private let stream: BoxStream

  init(_ secret: SecretKey, _ peer: PublicKey) {
    guard let shared = SharedKey(publicKey: peer, secretKey: secret) else { fatalError("a key of low order") }
    stream = BoxStream(shared)
  }

  private static func split(_ nonce: [UInt8]) -> (BoxStream.NoncePrefix, UInt64) {
    (.init(high: number(nonce[..<8]), low: number(nonce[8..<16])), number(nonce[16...]))
  }

  /// Tag and ciphertext.
  func seal(_ packet: [UInt8], nonce: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: BoxStream.roomByteCount) + packet
    let (prefix, tail) = Self.split(nonce)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    stream.seal(&raw, prefix: prefix, tail: tail)
    return Array(bytes[(BoxStream.roomByteCount - BoxStream.tagByteCount)...])
  }

  func open(_ box: [UInt8], nonce: [UInt8]) -> [UInt8]? {
    var bytes = box
    let (prefix, tail) = Self.split(nonce)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    guard stream.open(&raw, prefix: prefix, tail: tail) else { return nil }
    return Array(bytes[BoxStream.tagByteCount...])
  }
}
