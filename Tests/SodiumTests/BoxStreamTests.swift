import CSodium
import Sodium
import Testing

@Suite("Boxes in place")
struct BoxStreamTests {
  private let shared: SharedKey
  private let prefix = BoxStream.NoncePrefix(high: 0x0123_4567_89ab_cdef, low: 7)

  init() throws {
    shared = try #require(SharedKey(publicKey: SecretKey().publicKey, secretKey: SecretKey()))
  }

  private func seal(_ packet: [UInt8], _ box: BoxStream, tail: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xaa, count: 32) + packet
    var elements = bytes.mutableSpan
    var span = elements.mutableBytes
    box.seal(&span, prefix: prefix, tail: tail)
    return Array(bytes.dropFirst(16))
  }

  private func open(_ sealed: [UInt8], _ box: BoxStream, tail: UInt64) -> (isOpen: Bool, bytes: [UInt8]) {
    var bytes = sealed
    var elements = bytes.mutableSpan
    var span = elements.mutableBytes
    let isOpen = box.open(&span, prefix: prefix, tail: tail)
    return (isOpen, bytes)
  }

  @Test(
    "what is sealed opens again, for every length around the block sizes",
    arguments: [0...130, 470...560, 980...1040, 1400...1540])
  func roundTrip(lengths: ClosedRange<Int>) {
    let (sender, receiver) = (BoxStream(shared), BoxStream(shared))
    for length in lengths {
      let packet = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let sealed = seal(packet, sender, tail: UInt64(length))
      #expect(sealed.count == length + 16)
      let opened = open(sealed, receiver, tail: UInt64(length))
      #expect(opened.isOpen && Array(opened.bytes.dropFirst(16)) == packet)
    }
  }

  @Test("the same bytes as libsodium's crypto_box, for every length that a datagram on Ethernet has")
  func sameAsCryptoBox() throws {
    let (own, peer) = (SecretKey(), SecretKey())
    let box = BoxStream(try #require(SharedKey(publicKey: peer.publicKey, secretKey: own)))
    let nonce = bigEndian(prefix.high) + bigEndian(prefix.low) + bigEndian(77)
    let secret = bytes(of: own.hexDigits())
    for length in 0...1600 {
      let packet = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
      var expected = [UInt8](repeating: 0, count: length + 16)
      let status = crypto_box_easy(&expected, packet, UInt64(length), nonce, hexadecimal("\(peer.publicKey)"), secret)
      #expect(status == 0 && seal(packet, box, tail: 77) == expected, "\(length) bytes")
    }
  }

  private func bigEndian(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
  }

  private func bytes(of digits: GuardedMemory) -> [UInt8] {
    hexadecimal(
      digits.withBytes { span in
        String(
          decoding: (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }, as: UTF8.self)
      })
  }

  private func hexadecimal(_ text: String) -> [UInt8] {
    let digits = Array(text)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
  }

  @Test("any flipped bit, any other nonce, any missing byte is noticed, and nothing is decrypted")
  func damage() {
    let box = BoxStream(shared)
    let sealed = seal((0..<50).map { $0 }, box, tail: 9)
    for bit in 0..<sealed.count * 8 {
      var damaged = sealed
      damaged[bit / 8] ^= 1 << (bit % 8)
      let opened = open(damaged, box, tail: 9)
      #expect(!opened.isOpen && opened.bytes == damaged)
    }
    #expect(!open(sealed, box, tail: 8).isOpen)
    for length in 0..<sealed.count { #expect(!open(Array(sealed.prefix(length)), box, tail: 9).isOpen) }
    #expect(open(sealed, box, tail: 9).isOpen)
  }

  @Test("the kept subkey changes with the nonce's first 16 bytes")
  func subkey() {
    let box = BoxStream(shared)
    let sealed = seal([1, 2, 3], box, tail: 1)
    var other = [UInt8](repeating: 0, count: 35)
    var elements = other.mutableSpan
    var span = elements.mutableBytes
    box.seal(&span, prefix: .init(high: prefix.high, low: prefix.low + 1), tail: 1)
    #expect(Array(other.suffix(3)) != Array(sealed.suffix(3)))
    #expect(open(sealed, box, tail: 1).isOpen)
  }
}
