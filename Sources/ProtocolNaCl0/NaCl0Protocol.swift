/// nacl0: 16 bytes, confidential only against the lazy.
///
///     datagram = tag(16) || ciphertext      seal(shared, 24 zero bytes, packet)
///
/// The nonce never changes: two packets show the exclusive-or of their contents, and everything can be replayed or
/// sent back to where it came from. Kept for old peers.
public import ProtocolKit
import Sodium
public import TunnelCore

public final class NaCl0Protocol: TunnelProtocol {
  public static let description = ProtocolDescription(
    name: "nacl0", summary: "X25519, XSalsa20-Poly1305 with a fixed nonce", needsKeys: true,
    overhead: BoxStream.tagByteCount, isAssumed: true,
    weakness: Weakness(
      "one nonce for all packets, and no protection from replay",
      advice: "Keep it only for a peer that cannot do better.",
      why: "nacl0 encrypts every packet with one nonce: whoever records enough of them can read them."),
    floatingRisk:
      "Whoever once recorded a datagram gets all that is for the peer, by sending it again from anywhere."
  ) { parameters throws(ProtocolError) in NaCl0Protocol(try parameters.agreement()) }

  public let overhead = BoxStream.tagByteCount
  public let headroom = BoxStream.roomByteCount

  private let box: BoxStream
  private static let zero = BoxStream.NoncePrefix(high: 0, low: 0)

  init(_ agreement: KeyAgreement) { box = BoxStream(agreement.shared) }

  public func seal(_ packets: inout PacketBatch, control: inout PacketBatch, at now: Moment) {
    for index in 0..<packets.count where packets.isPending(index) {
      var span = packets[index, room: headroom]
      box.seal(&span, prefix: Self.zero, tail: 0)
      packets.extendFront(of: index, by: overhead)
      packets.pass(index)
    }
  }

  public func open(_ datagrams: inout PacketBatch, control: inout PacketBatch, at now: Moment) {
    for index in 0..<datagrams.count where datagrams.isPending(index) {
      if let reason = open(&datagrams, index) { datagrams.drop(index, reason) }
    }
  }

  private func open(_ datagrams: inout PacketBatch, _ index: Int) -> DropReason? {
    guard datagrams.length(of: index) >= overhead else { return .tooShort }
    var span = datagrams[index]
    guard box.open(&span, prefix: Self.zero, tail: 0) else { return .notAuthentic }
    datagrams.trimFront(of: index, by: overhead)
    datagrams.pass(index)
    return nil
  }
}
