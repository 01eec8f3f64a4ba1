import CSodium
import Sodium

/// What is in a datagram, for whoever has the world's keys.
enum Message {
  /// What it tells in clear of when it was sealed: nacltai's stamp, the time of salty's control datagrams; else 0.
  static func number(_ bytes: [UInt8], _ script: Script) -> UInt128 {
    switch script.proto {
    case .nacltai:
      return bytes.count < 32 ? 0 : bytes[..<16].reduce(0) { $0 << 8 | UInt128($1) }
    case .salty:
      return isControl(bytes) ? bytes[1..<9].reduce(0) { $0 << 8 | UInt128($1) } : 0
    }
  }

  static func isControl(_ bytes: [UInt8]) -> Bool { bytes.count == 146 && bytes[0] & 0x80 != 0 }

  /// Unix seconds of a number as the protocol counts.
  static func seconds(of number: UInt128, _ script: Script) -> Int64 {
    switch script.proto {
    case .nacltai: Int64(bitPattern: UInt64(truncatingIfNeeded: number >> 64) &- 4_611_686_018_427_387_914)
    case .salty: Int64(truncatingIfNeeded: number >> 8)
    }
  }
}

/// What a control datagram of salty announces and quotes.
struct Announcement {
  var sender: Seals.Key
  var recipient: Seals.Key
  var senderID: Int
  var recipientID: Int
  var isAcknowledgement: Bool

  /// Opens a control datagram of `side`'s with the world's knowledge of both keys; nil if it is none.
  init?(_ bytes: [UInt8], from side: Side, to peer: Side) {
    guard Message.isControl(bytes) else { return nil }
    var nonce = [UInt8](repeating: 0, count: 24)
    nonce[0] = side.secret.publicKey > peer.secret.publicKey ? 1 : 0
    nonce.replaceSubrange(16..., with: bytes[1..<9])
    let sealed = Array(bytes[9...])
    var text = [UInt8](repeating: 0, count: sealed.count - 16)
    let status = crypto_secretbox_open_easy(&text, sealed, UInt64(sealed.count), nonce, side.longTermKey(with: peer))
    guard status == 0 else { return nil }
    func key(_ offset: Int) -> Seals.Key { Seals.Key(Array(text[offset..<offset + 32])) }
    sender = key(1)
    recipient = key(57)
    senderID = Int(text[0] >> 6 & 1)
    recipientID = Int(text[0] >> 5 & 1)
    isAcknowledgement = text[0] & 0x10 != 0
  }
}

extension Side {
  /// What both sides' long-term keys share (crypto_box_beforenm).
  func longTermKey(with peer: Side) -> [UInt8] {
    if let known = longTermShared { return known }
    var shared = [UInt8](repeating: 0, count: 32)
    let publicKey = peer.secret.publicKey.bytes
    let own = secret.withBytes { bytes in (0..<32).map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
    precondition(crypto_box_beforenm(&shared, publicKey, own) == 0)
    longTermShared = shared
    return shared
  }
}

extension PublicKey {
  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    write(to: &raw)
    return bytes
  }
}
