import CSodium
import Sodium

/// NaCl's functions on arrays, as the original calls them.
enum OldBox {
  static let keyByteCount = 32
  static let nonceByteCount = 24
  static let tagByteCount = 16

  /// The key that two pairs share; nil where the original aborts, since libsodium refuses the peer's key.
  ///
  /// For a key of zeros, the peer's before it has spoken, it answers as NaCl did, and as the library does that has to be
  /// preloaded into the original: HSalsa20 of zeros, which is known to everybody.
  static func agreement(peer: [UInt8], secret: [UInt8]) -> [UInt8]? {
    let zeros = [UInt8](repeating: 0, count: keyByteCount)
    var shared = zeros
    if peer == zeros { return crypto_core_hsalsa20(&shared, zeros, zeros, nil) == 0 ? shared : nil }
    return crypto_box_beforenm(&shared, peer, secret) == 0 ? shared : nil
  }

  static func seal(_ message: [UInt8], nonce: [UInt8], key: [UInt8]) -> [UInt8] {
    var sealed = [UInt8](repeating: 0, count: tagByteCount + message.count)
    let status = crypto_box_easy_afternm(&sealed, message, UInt64(message.count), nonce, key)
    precondition(status == 0)
    return sealed
  }

  /// Nil if the tag is wrong.
  static func open(_ sealed: ArraySlice<UInt8>, nonce: [UInt8], key: [UInt8]) -> [UInt8]? {
    var message = [UInt8](repeating: 0, count: sealed.count - tagByteCount)
    let status = crypto_box_open_easy_afternm(&message, Array(sealed), UInt64(sealed.count), nonce, key)
    return status == 0 ? message : nil
  }

  static func random(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    randombytes_buf(&bytes, count)
    return bytes
  }
}

/// What both sides' long-term keys come to.
struct OldLongTermKeys {
  let shared: [UInt8]
  /// The role byte in the nonces of what this side sends, and of what it receives.
  let ownRole, peerRole: UInt8

  /// `role` is the ROLE setting; without it, the greater public key decides.
  init(_ secret: SecretKey, _ peer: PublicKey, role: Bool? = nil) {
    let own = secret.publicKey
    ownRole = role ?? (own > peer) ? 1 : 0
    peerRole = role.map { !$0 } ?? (own < peer) ? 1 : 0
    var peerBytes = [UInt8](repeating: 0, count: PublicKey.byteCount)
    var elements = peerBytes.mutableSpan
    var span = elements.mutableBytes
    peer.write(to: &span)
    let secretBytes = secret.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
    guard let key = OldBox.agreement(peer: peerBytes, secret: secretBytes) else {
      preconditionFailure("the original does not start with a key of low order")
    }
    shared = key
  }
}
