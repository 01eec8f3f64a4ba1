/// What sides of ours seal, seen where the cipher is called.
struct Seals {
  /// 32 bytes of a key.
  struct Key: Hashable {
    var words: (UInt64, UInt64, UInt64, UInt64)

    /// The first 32 of `bytes`.
    init(_ bytes: UnsafeRawBufferPointer) {
      func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
      words = (word(0), word(1), word(2), word(3))
    }

    init(_ bytes: UnsafePointer<UInt8>) { self.init(UnsafeRawBufferPointer(start: bytes, count: 32)) }

    init(_ bytes: [UInt8]) { self = bytes.withUnsafeBytes { Key($0) } }

    static func == (left: Key, right: Key) -> Bool { left.words == right.words }
    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
  }

  struct Pair: Hashable {
    var own: Key
    var remote: Key
  }

  /// A public key that a side has made.
  struct Made {
    var side: Int
    var run: Int
    var time: Time
    /// Of the side's host.
    var monotonicSeconds: UInt64
  }

  private(set) var made: [Key: Made] = [:]
  private var publicKeys: [Key: Key] = [:]
  /// Both ends of a tunnel come to the same shared key.
  private struct Agreed: Hashable {
    var side: Int
    var shared: Key
  }
  private var pairs: [Agreed: Pair] = [:]
  private var sharedKeys: [Key: Key] = [:]
  /// What was sealed under a subkey and the rest of the nonce: a digest of the ciphertext.
  private var texts: [UInt64: UInt64] = [:]
  private var proven: Set<Pair> = []
  private var longTerm: Set<Key> = []
  /// Of the box that is being sealed.
  private var slot: UInt64 = 0
  /// Whose keys it is for; nil if it was never seen that they agreed.
  private(set) var pair: Pair?

  /// Whether it is one of the long-term keys, which are proved by their being configured.
  var isLongTerm: Bool { pair.map { longTerm.contains($0.own) } ?? false }

  mutating func configures(_ publicKey: Key, secret: Key) {
    publicKeys[secret] = publicKey
    longTerm.insert(publicKey)
  }

  /// Whoever has the recipient's key may seal for the sender's from now on.
  mutating func proves(_ announcement: Announcement) {
    proven.insert(Pair(own: announcement.recipient, remote: announcement.sender))
  }

  func isProven(_ pair: Pair) -> Bool { proven.contains(pair) }

  mutating func makes(_ publicKey: Key, secret: Key, _ made: Made) {
    publicKeys[secret] = publicKey
    if self.made[publicKey] == nil { self.made[publicKey] = made }
  }

  mutating func agrees(_ side: Int, on shared: Key, with remote: Key, secret: Key) {
    guard let own = publicKeys[secret] else { return }
    pairs[Agreed(side: side, shared: shared)] = Pair(own: own, remote: remote)
  }

  mutating func derives(_ subkey: Key, from shared: Key) { sharedKeys[subkey] = shared }

  mutating func begins(_ side: Int, _ subkey: Key, tail: UInt64) {
    slot = mixed(subkey.words.0 ^ mixed(tail ^ subkey.words.1))
    pair = sharedKeys[subkey].flatMap { pairs[Agreed(side: side, shared: $0)] }
  }

  /// False if key and nonce have sealed another text before.
  mutating func ends(_ ciphertext: UnsafeRawBufferPointer) -> Bool {
    let text = digest(ciphertext)
    guard let before = texts[slot] else {
      texts[slot] = text
      return true
    }
    return before == text
  }
}
