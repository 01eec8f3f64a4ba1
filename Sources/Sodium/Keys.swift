import CSodium

/// Why some bytes are not a key.
public enum KeyError: Error, Equatable {
  /// Text of another length than 64 hexadecimal digits.
  case wrongLength(Int)
  /// A byte of the text that is no hexadecimal digit, counted from 0.
  case notHexadecimal(at: Int)
}

/// An X25519 public key, 32 bytes. It is no secret: it may be printed, compared and hashed freely.
public struct PublicKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  public static let byteCount = 32

  /// The bytes as four big-endian words, whose order is the byte-wise order that decides a tunnel's roles.
  private let words: InlineWords

  private struct InlineWords: Hashable, Sendable {
    var a: UInt64, b: UInt64, c: UInt64, d: UInt64
  }

  /// The key in exactly 32 `bytes`.
  public init(_ bytes: RawSpan) {
    precondition(bytes.byteCount == Self.byteCount)
    func word(_ index: Int) -> UInt64 {
      unsafe UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
    words = InlineWords(a: word(0), b: word(1), c: word(2), d: word(3))
  }

  /// The key that 64 hexadecimal digits spell.
  public init(hex: String) throws(KeyError) {
    let secret = try unsafe SecretKey(hex: hex.utf8Span.span.bytes)  // the same 32 bytes, the same checks
    self = secret.memory.withBytes { PublicKey($0) }
  }

  /// Writes the 32 bytes to the beginning of `span`.
  @_lifetime(span: copy span)
  public func write(to span: inout MutableRawSpan, at offset: Int = 0) {
    span.storeBytes(of: words.a.bigEndian, toByteOffset: offset, as: UInt64.self)
    span.storeBytes(of: words.b.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
    span.storeBytes(of: words.c.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
    span.storeBytes(of: words.d.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
  }

  public static func < (left: PublicKey, right: PublicKey) -> Bool {
    (left.words.a, left.words.b, left.words.c, left.words.d)
      < (right.words.a, right.words.b, right.words.c, right.words.d)
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String {
    [words.a, words.b, words.c, words.d].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Whether the key is of low order: X25519 with it gives zero, so it protects nothing and libsodium refuses it.
  public var isLowOrder: Bool { SharedKey(publicKey: self, secretKey: SecretKey()) == nil }
}

/// An X25519 secret key in guarded memory.
public final class SecretKey: Sendable, CustomStringConvertible {
  public static let byteCount = 32

  let memory: GuardedMemory

  /// A new random key.
  public init() {
    memory = GuardedMemory(count: Self.byteCount)
    unsafe randombytes_buf(memory.base, Self.byteCount)
  }

  /// The key in exactly 32 `bytes`, whose original remains for the caller to wipe.
  public init(bytes: RawSpan) throws(KeyError) {
    guard bytes.byteCount == Self.byteCount else { throw .wrongLength(bytes.byteCount) }
    memory = GuardedMemory(copying: bytes)
  }

  /// The key that 64 hexadecimal `digits` (ASCII) spell.
  public init(hex digits: RawSpan) throws(KeyError) {
    guard digits.byteCount == 2 * Self.byteCount else { throw .wrongLength(digits.byteCount) }
    memory = GuardedMemory(count: Self.byteCount)
    do throws(Hex.Problem) {
      try memory.withMutableBytes { bytes throws(Hex.Problem) in try Hex.decode(digits, into: &bytes) }
    } catch {
      switch error {
      case .notHexadecimal(let position): throw .notHexadecimal(at: position)
      }
    }
  }

  /// Lends the 32 bytes to the one caller that has to show them: the keypair generator.
  public func withBytes<Result, Failure>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
    try memory.withBytes(body)
  }

  public var publicKey: PublicKey {
    let key = GuardedMemory(count: PublicKey.byteCount)
    let status = unsafe crypto_scalarmult_base(key.bytePointer, memory.bytePointer)
    precondition(status == 0)
    return key.withBytes { PublicKey($0) }
  }

  /// 64 lower-case hexadecimal digits in guarded memory, for the keypair generator.
  public func hexDigits() -> GuardedMemory {
    let text = GuardedMemory(count: 2 * Self.byteCount)
    memory.withBytes { bytes in
      text.withMutableBytes { digits in
        for index in 0..<Self.byteCount {
          let (high, low) = Hex.digits(of: bytes.unsafeLoadByte(index))
          digits.storeBytes(of: high, toByteOffset: 2 * index, as: UInt8.self)
          digits.storeBytes(of: low, toByteOffset: 2 * index + 1, as: UInt8.self)
        }
      }
    }
    return text
  }

  /// Whether the key's 64 digits stand in `text`, in capitals or not.
  public func isSpelled(in text: RawSpan) -> Bool {
    let digits = hexDigits()
    return digits.withBytes { own in
      (0..<max(0, text.byteCount - own.byteCount + 1)).contains { start in
        (0..<own.byteCount).allSatisfy {
          Hex.value(of: text.unsafeLoadByte(start + $0)) == Hex.value(of: own.unsafeLoadByte($0))
        }
      }
    }
  }

  public var description: String { "<secret key>" }
}

/// What two key pairs share: crypto_box_beforenm of one side's public and the other's secret key, 32 bytes.
public final class SharedKey: Sendable, CustomStringConvertible {
  let memory: GuardedMemory

  /// Nil for a public key of low order, which libsodium refuses.
  public init?(publicKey: PublicKey, secretKey: SecretKey) {
    memory = GuardedMemory(count: Int(crypto_box_BEFORENMBYTES))
    let peer = GuardedMemory(count: PublicKey.byteCount)
    peer.withMutableBytes { publicKey.write(to: &$0) }
    let status = withExtendedLifetime((peer, secretKey)) {
      unsafe crypto_box_beforenm(memory.bytePointer, peer.bytePointer, secretKey.memory.bytePointer)
    }
    guard status == 0 else { return nil }
  }

  public var description: String { "<shared key>" }
}
