import Testing

@testable import Sodium

private func secretKey(_ hex: String) throws(KeyError) -> SecretKey {
  let digits = Array(hex.utf8)
  return try unsafe SecretKey(hex: digits.span.bytes)
}

private func string(_ memory: GuardedMemory) -> String {
  memory.withBytes { bytes in
    String(decoding: (0..<bytes.byteCount).map { bytes.unsafeLoadByte($0) }, as: UTF8.self)
  }
}

@Suite("Keys")
struct KeyTests {
  private let digits = "b949668ea6d05f600491976009d059b7aa81550ab7c63eeba9c77eaf94cc39ed"

  @Test("a secret key's public key is the one that the original's keypair prints")
  func publicKey() throws {
    let key = try secretKey(digits)
    #expect(key.publicKey.description == "bb3f9d8940df235e312c0b457ca6bb1c4413e7634a3691782e303d34b8c79d0d")
    #expect(string(key.hexDigits()) == digits)
    #expect(try secretKey(digits.uppercased()).publicKey == key.publicKey)
  }

  @Test("text that is no key is refused with the place")
  func refusals() {
    #expect(throws: KeyError.wrongLength(63)) { try secretKey(String(digits.dropLast())) }
    #expect(throws: KeyError.wrongLength(0)) { try secretKey("") }
    #expect(throws: KeyError.notHexadecimal(at: 5)) { try secretKey("b9496g" + digits.dropFirst(6)) }
    for bad in ["/", ":", "@", "G", "`", "g", "\0", " ", "\u{7f}"] {
      #expect(throws: KeyError.notHexadecimal(at: 63)) { try secretKey(String(digits.dropLast()) + bad) }
    }
  }

  @Test("every digit is read and written")
  func digitsRoundTrip() {
    for byte in UInt8.min...UInt8.max {
      let (high, low) = Hex.digits(of: byte)
      #expect(Hex.value(of: high) << 4 | Hex.value(of: low) == byte)
      let isDigit = Character(UnicodeScalar(byte)).isASCII && Character(UnicodeScalar(byte)).isHexDigit
      #expect((Hex.value(of: byte) < 16) == isDigit)
    }
  }

  @Test("both sides agree, and low-order points are refused")
  func agreement() throws {
    let (one, other) = (SecretKey(), SecretKey())
    let first = try #require(SharedKey(publicKey: other.publicKey, secretKey: one))
    let second = try #require(SharedKey(publicKey: one.publicKey, secretKey: other))
    #expect(string(first.memory) == string(second.memory))
    #expect(!one.publicKey.isLowOrder)
    // Of order 1, 2, 4 and 8: the points that curve25519 has besides the large group (https://cr.yp.to/ecdh.html).
    for low in [
      String(repeating: "0", count: 64), "01" + String(repeating: "0", count: 62),
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] {
      #expect(try PublicKey(hex: low).isLowOrder)
      #expect(try SharedKey(publicKey: PublicKey(hex: low), secretKey: one) == nil)
    }
  }

  @Test("public keys compare byte by byte, as the roles need it")
  func order() throws {
    func key(_ first: UInt8, _ last: UInt8) -> PublicKey {
      let bytes = [first] + [UInt8](repeating: 7, count: 30) + [last]
      return unsafe PublicKey(bytes.span.bytes)
    }
    #expect(key(0x7f, 0) < key(0x80, 0))
    #expect(key(1, 2) < key(1, 3))
    #expect(!(key(1, 3) < key(1, 3)))
  }

  @Test("a secret has no printed form")
  func unprintable() throws {
    let key = try secretKey(digits)
    let shared = try #require(SharedKey(publicKey: SecretKey().publicKey, secretKey: key))
    var dumped = ""
    dump(key, to: &dumped)
    dump(shared, to: &dumped)
    for text in ["\(key)", String(reflecting: key), "\(key.memory)", dumped] {
      #expect(!text.lowercased().contains(digits.prefix(8)))
    }
  }
}
