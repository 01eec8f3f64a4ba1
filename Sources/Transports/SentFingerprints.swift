import LinuxSystem
import TunnelCore

/// Recognises the long datagrams that were sent lately, for an ICMP message about a datagram that was never sent is
/// forged. What is kept of each are two words, of which every protocol but raw makes at least one from what nobody can
/// guess: a tag or ciphertext.
struct SentFingerprints {
  /// What is kept: in a bulk transfer 1024 runs of datagrams, some 60 MB. At first what nobody can quote.
  private var fingerprints = (0..<1024).map { _ in UInt64.random(in: 0 ... .max) }
  private var next = 0
  /// Bytes of the longest datagram so far.
  private var longest = 0
  /// Where the last one went.
  private(set) var destination = Endpoint.unspecified

  /// No path is narrower for the kernel (net.ipv4.route.min_pmtu, 552): shorter ones are not what a message is about.
  private static let shortest = 520
  /// Bytes that a fingerprint is made from.
  private static let quoteBytes = 24

  /// Remembers a datagram that is about to be sent.
  mutating func note(_ batch: borrowing PacketBatch, _ slot: Int) {
    let length = batch.length(of: slot)
    guard length >= Self.shortest else { return }
    destination = batch.endpoint(of: slot)
    longest = max(longest, length)
    let start = batch.start(of: slot)
    fingerprints[next] = Self.fingerprint(
      unsafe batch.pointer(at: start).loadUnaligned(as: UInt64.self),
      unsafe batch.pointer(at: start + 16).loadUnaligned(as: UInt64.self))
    next = (next + 1) % fingerprints.count
  }

  /// Whether a message that the path carries `error.information` bytes fits what was sent: it went there, some of it was
  /// longer, and the quote, if it is long enough to tell (routers have to quote no more than the UDP header), is of one
  /// of the datagrams.
  func explain(_ error: UDPSocket.QueuedError) -> Bool {
    let mtu = Int(error.information)
    let smallest = destination.isIPv6 ? 1280 : 68  // RFC 8200, RFC 791
    guard
      error.destination == destination, mtu >= smallest, mtu < longest + UDPHeaders.byteCount(towards: destination)
    else { return false }
    guard error.quote.count >= Self.quoteBytes else { return true }
    let words = unsafe error.quote.withUnsafeBytes {
      unsafe ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    }
    return fingerprints.contains(Self.fingerprint(words.0, words.1))
  }

  private static func fingerprint(_ one: UInt64, _ other: UInt64) -> UInt64 { one ^ (other << 1 | other >> 63) }
}
