import CSodium

/// A key pair that a salty process made for a while, and the base of the nonces used with it. Zeros until it is made.
struct OldKey {
  static let baseNonceByteCount = 20
  let secret, publicKey: [UInt8]
  /// The last four bytes count the packets sealed, and are told to the peer with the rest.
  private(set) var nonce: [UInt8]

  static let unmade = OldKey(
    secret: zeros(OldBox.keyByteCount), publicKey: zeros(OldBox.keyByteCount), nonce: zeros(OldBox.nonceByteCount))

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

  private init(secret: [UInt8], publicKey: [UInt8], nonce: [UInt8]) {
    (self.secret, self.publicKey, self.nonce) = (secret, publicKey, nonce)
  }

  init(secret: [UInt8], nonce: [UInt8]) {
    var publicKey = Self.zeros(OldBox.keyByteCount)
    let status = crypto_scalarmult_base(&publicKey, secret)
    precondition(status == 0)
    self.init(secret: secret, publicKey: publicKey, nonce: nonce)
  }

  /// A new random key.
  static func made() -> OldKey {
    OldKey(secret: OldBox.random(OldBox.keyByteCount), nonce: OldBox.random(baseNonceByteCount) + zeros(4))
  }

  /// Whether the peer, which quotes this, knows the key. That zeros are a quote of a key never made, the original
  /// does not see.
  func isQuoted(by key: [UInt8], _ nonce: [UInt8]) -> Bool {
    publicKey == key && self.nonce.prefix(Self.baseNonceByteCount) == nonce.prefix(Self.baseNonceByteCount)
  }

  var counter: UInt32 { nonce.suffix(4).bigEndian() }

  mutating func count() { nonce.replaceSubrange(Self.baseNonceByteCount..., with: [UInt8](bigEndian: counter + 1)) }
}
