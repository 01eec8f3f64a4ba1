/// raw: no overhead, no protection.
///
///     datagram = packet
///
/// Also what VirtualBox's UDP tunnel speaks. Anybody can read and forge it, and anybody's datagram moves a floating
/// peer.
public import ProtocolKit
public import TunnelCore

public final class RawProtocol: PacketSealer, PacketOpener {
  public static let description = ProtocolDescription(
    name: "raw", summary: "no encryption", needsKeys: false, overhead: 0, isAssumed: true,
    weakness: Weakness("nothing is encrypted", advice: "Anybody on the path can read and forge packets."),
    floatingRisk: "Whoever sends a datagram from anywhere, be it empty, gets all that is for the peer.", isPlain: true
  ) { _ throws(ProtocolError) in TunnelProtocol(sealer: RawProtocol(), opener: RawProtocol()) }

  public let overhead = 0
  public let headroom = 0

  public func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) { passAll(&packets, range) }

  public func open(
    _ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment
  ) { passAll(&datagrams, range) }

  private func passAll(_ batch: inout PacketBatch, _ range: Range<Int>) {
    for index in range where batch.isPending(index) { batch.pass(index) }
  }
}
