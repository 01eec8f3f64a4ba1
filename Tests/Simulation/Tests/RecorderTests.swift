import CSodiumRecorder
import Testing

@testable import Sodium

/// What libsodium was asked to do.
private enum Call: Equatable {
  case madePublicKey([UInt8], from: [UInt8])
  case agreed([UInt8], with: [UInt8], by: [UInt8])
  case derived([UInt8], from: [UInt8], prefix: [UInt8])
  case seals([UInt8], tail: [UInt8], under: [UInt8])
  case sealed([UInt8])
  case lookedAtTag(isRight: Bool)
}

/// In a process of its own: it hears all of that process's.
nonisolated(unsafe) private var calls: [Call] = []

private func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  Array(UnsafeBufferPointer(start: start, count: count))
}

private func bytes(_ memory: GuardedMemory) -> [UInt8] {
  memory.withBytes { bytes in (0..<bytes.byteCount).map { bytes.unsafeLoadByte($0) } }
}

private func bytes(_ key: PublicKey) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: PublicKey.byteCount)
  var elements = bytes.mutableSpan
  var span = elements.mutableBytes
  key.write(to: &span)
  return bytes
}

private func listen() {
  let place = UnsafeMutablePointer<sodium_listener>.allocate(capacity: 1)
  place.initialize(
    to: sodium_listener(
      made_public_key: { calls.append(.madePublicKey(bytes($0, 32), from: bytes($1, 32))) },
      agreed: { calls.append(.agreed(bytes($0, 32), with: bytes($1, 32), by: bytes($2, 32))) },
      derived: { calls.append(.derived(bytes($0, 32), from: bytes($1, 32), prefix: bytes($2, 16))) },
      seals: { calls.append(.seals(bytes($0, $1), tail: bytes($2, 8), under: bytes($3, 32))) },
      sealed: { calls.append(.sealed(bytes($0, $1))) },
      looked_at_tag: { calls.append(.lookedAtTag(isRight: $0 != 0)) }))
  sodium_tell(place)
}

private let prefix = BoxStream.NoncePrefix(high: 0x0123_4567_89ab_cdef, low: 7)

/// 32 bytes of room and a packet, which become 16 of zero, the tag and the ciphertext.
private func seal(_ packet: [UInt8], _ box: BoxStream, tail: UInt64) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: BoxStream.roomByteCount) + packet
  var elements = bytes.mutableSpan
  var span = elements.mutableBytes
  box.seal(&span, prefix: prefix, tail: tail)
  return bytes
}

private func open(_ sealed: [UInt8], _ box: BoxStream, tail: UInt64) -> Bool {
  var bytes = Array(sealed.dropFirst(16))
  var elements = bytes.mutableSpan
  var span = elements.mutableBytes
  return box.open(&span, prefix: prefix, tail: tail)
}

@Suite("Between the code and libsodium")
struct RecorderTests {
  @Test("a box is seen with its keys, its nonce and its texts; without a listener nothing is")
  func box() async {
    await #expect(processExitsWith: .success) {
      listen()
      let (own, peer) = (SecretKey(), SecretKey())
      let publicKeys = [own, peer].map { bytes($0.publicKey) }
      let shared = try #require(SharedKey(publicKey: peer.publicKey, secretKey: own))
      let box = BoxStream(shared)
      let sealed = seal([1, 2, 3], box, tail: 0x0102_0304_0506_0708)
      #expect(open(sealed, box, tail: 0x0102_0304_0506_0708))
      #expect(!open(sealed, box, tail: 9))
      sodium_tell(nil)
      let (heard, ciphertext) = (calls, Array(sealed.suffix(3)))
      #expect(heard.contains(.madePublicKey(publicKeys[0], from: bytes(own.memory))))
      #expect(heard.contains(.madePublicKey(publicKeys[1], from: bytes(peer.memory))))
      #expect(heard.contains(.agreed(bytes(shared.memory), with: publicKeys[1], by: bytes(own.memory))))
      let derivation = try #require(
        heard.compactMap { if case .derived(let subkey, bytes(shared.memory), _) = $0 { subkey } else { nil } }.first)
      let sixteen: [UInt8] = [1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0, 0, 0, 0, 0, 0, 0, 7]
      #expect(heard.contains(.derived(derivation, from: bytes(shared.memory), prefix: sixteen)))
      let text = heard.firstIndex {
        if case .seals(let text, [1, 2, 3, 4, 5, 6, 7, 8], derivation) = $0 {
          text[32..<35] == [1, 2, 3]
        } else {
          false
        }
      }
      let end = heard.firstIndex(of: .sealed(ciphertext))
      #expect(try #require(text) < #require(end))
      let tags: [Call] = heard.filter { if case .lookedAtTag = $0 { true } else { false } }
      #expect(tags == [.lookedAtTag(isRight: true), .lookedAtTag(isRight: false)])
      calls = []
      #expect(open(seal([4], box, tail: 10), box, tail: 10))
      #expect(calls == [], "nobody listens")
    }
  }

  @Test("libsodium's random bytes come from where they are drawn")
  func random() async {
    await #expect(processExitsWith: .success) {
      sodium_draw_from { bytes, count in bytes?.initializeMemory(as: UInt8.self, repeating: 7, count: count) }
      #expect(bytes(SecretKey().memory) == [UInt8](repeating: 7, count: 32))
      var random = SecureRandom()
      #expect(random.next() == 0x0707_0707_0707_0707)
    }
  }
}
