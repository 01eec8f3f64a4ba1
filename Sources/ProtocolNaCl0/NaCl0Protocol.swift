/// nacl0: 16 bytes, confidential only against the lazy.
///
///     datagram = tag(16) || ciphertext      seal(shared, 24 zero bytes, packet)
///
/// The nonce never changes: two packets show the exclusive-or of their contents, and everything can be replayed or
/// sent back to where it came from. Kept for old peers.
public import ProtocolKit
import Sodium
import TunnelCore

public enum NaCl0Protocol {
  public static let description = ProtocolDescription(
    name: "nacl0", summary: "X25519, XSalsa20-Poly1305 with a fixed nonce", needsKeys: true,
    overhead: overhead, isAssumed: true,
    weakness: Weakness(
      "one nonce for all packets, and no protection from replay",
      advice: "Keep it only for a peer that cannot do better.",
      why: "nacl0 encrypts every packet with one nonce: whoever records enough of them can read them."),
    floatingRisk:
      "Whoever once recorded a datagram gets all that is for the peer, by sending it again from anywhere."
  ) { parameters throws(ProtocolError) in
    let shared = try parameters.agreement().shared
    return TunnelProtocol(sealer: NaCl0Sealer(shared), opener: NaCl0Opener(shared))
  }

  static let overhead = BoxStream.tagByteCount
  static let nonce = BoxStream.NoncePrefix(high: 0, low: 0)
}

final class NaCl0Sealer: PacketSealer {
  let overhead = NaCl0Protocol.overhead
  let headroom = BoxStream.roomByteCount
  private let box: BoxStream

  init(_ shared: SharedKey) { box = BoxStream(shared) }

  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {
    for index in range where packets.isPending(index) {
      var span = packets[index, room: headroom]
      box.seal(&span, prefix: NaCl0Protocol.nonce, tail: 0)
      packets.extendFront(of: index, by: overhead)
      packets.pass(index)
    }
  }
}

final class NaCl0Opener: PacketOpener {
  private let box: BoxStream

  init(_ shared: SharedKey) { box = BoxStream(shared) }

  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    for index in range where datagrams.isPending(index) {
      if let reason = open(&datagrams, index) { datagrams.drop(index, reason) }
    }
  }

  private func open(_ datagrams: inout PacketBatch, _ index: Int) -> DropReason? {
    guard datagrams.length(of: index) >= NaCl0Protocol.overhead else { return .tooShort }
    var span = datagrams[index]
    guard box.open(&span, prefix: NaCl0Protocol.nonce, tail: 0) else { return .notAuthentic }
    datagrams.trimFront(of: index, by: NaCl0Protocol.overhead)
    datagrams.pass(index)
    return nil
  }
}
