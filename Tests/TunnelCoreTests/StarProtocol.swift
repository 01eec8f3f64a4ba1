import TunnelCore

/// A wire format that is easy to forge: `*` before the packet makes it authentic, `!` makes it a control datagram that is
/// answered.
final class StarProtocol: PacketSealer, PacketOpener {
  let overhead = 1
  let headroom = 1

  /// Whether it sends a control datagram each second.
  private let isAnnouncing: Bool

  init(isAnnouncing: Bool = true) { self.isAnnouncing = isAnnouncing }

  static var both: TunnelProtocol { TunnelProtocol(sealer: StarProtocol(), opener: StarProtocol()) }

  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {
    for index in range where packets.isPending(index) {
      packets.extendFront(of: index, by: 1)
      var span = packets[index]
      span.storeBigEndian(UInt8(ascii: "*"), at: 0)
      packets.pass(index)
    }
  }

  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    for index in range where datagrams.isPending(index) {
      guard datagrams.length(of: index) >= 1 else {
        datagrams.drop(index, .tooShort)
        continue
      }
      switch datagrams.bigEndian(in: index, at: 0, as: UInt8.self) {
      case UInt8(ascii: "*"):
        datagrams.trimFront(of: index, by: 1)
        datagrams.pass(index)
      case UInt8(ascii: "!"):
        control.append(length: 1, to: datagrams.endpoint(of: index)) { $0.storeBigEndian(UInt8(ascii: "?"), at: 0) }
        datagrams.consume(index)
      default:
        datagrams.drop(index, .notAuthentic)
      }
    }
  }

  func tick(control: inout PacketBatch, at now: Moment) {
    if !isAnnouncing { return }
    control.append(length: 1, to: .unspecified) { $0.storeBigEndian(UInt8(ascii: "."), at: 0) }
  }
}
