import Testing
import TunnelCore
import TunnelTesting

/// A wire format with its tag last: four bytes behind the packet.
private final class TagLastProtocol: PacketSealer, PacketOpener {
  let overhead = 4
  let headroom = 0
  let tailroom = 4
  private let tag: UInt32 = 0xdead_beef

  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {
    for index in range where packets.isPending(index) {
      var span = packets[index, tail: 4]
      span.storeBigEndian(tag, at: span.byteCount - 4)
      packets.extendBack(of: index, by: 4)
      packets.pass(index)
    }
  }

  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    for index in range where datagrams.isPending(index) {
      let end = datagrams.length(of: index) - 4
      guard end >= 0, datagrams.bigEndian(in: index, at: end, as: UInt32.self) == tag else {
        datagrams.drop(index, .notAuthentic)
        continue
      }
      datagrams.trimBack(of: index, by: 4)
      datagrams.pass(index)
    }
  }
}

@Suite("Room behind a packet")
struct TailroomTests {
  private let here = Endpoint(ipv4: 1, port: 1)

  @Test("a format whose tag comes last seals where the packets lie, and disturbs no neighbour")
  func tagLast() throws {
    let (device, transport) = (MemoryDevice(), MemoryTransport())
    let format = TagLastProtocol()
    let session = Session(TunnelProtocol(sealer: format, opener: format), peer: here, isFloating: false)
    let relay = Relay(Link(session, device: device, transport: transport), clock: ManualClock())
    let packets = (0..<600).map { number in [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number * 7) }
    device.waiting = packets + [[UInt8](repeating: 9, count: 65_535)]
    while try relay.relayOutbound() == .more {}
    #expect(transport.sent.count == 601)
    #expect(transport.sent.allSatisfy { $0.bytes.suffix(4) == [0xde, 0xad, 0xbe, 0xef] })
    transport.waiting = transport.takeSent()
    while try relay.relayInbound() == .more {}
    #expect(device.written == packets.dropFirst() + [[UInt8](repeating: 9, count: 65_535)])
  }

  @Test("a tag may be as long as the tailroom, and no longer")
  func bounds() async {
    await #expect(processExitsWith: .failure) {
      var batch = PacketBatch(byteCapacity: 400, slotCapacity: 2, tailroom: 16)
      batch.append(at: 64, length: 100)
      batch.extendBack(of: 0, by: 17)
    }
    await #expect(processExitsWith: .failure) {
      var batch = PacketBatch(byteCapacity: 164, slotCapacity: 1, tailroom: 16)
      batch.append(at: 64, length: 100)
      _ = batch[0, tail: 16]
    }
  }

  @Test("a batch is full when there is no room for the tag")
  func full() {
    var batch = PacketBatch(byteCapacity: 200, slotCapacity: 4, headroom: 10, tailroom: 20)
    #expect(batch.roomForNext(170) == 10 && batch.roomForNext(171) == nil)
    batch.append(at: 10, length: 100)
    #expect(batch.roomForNext(0) == 140, "100 bytes, the tag's, and the next one's headroom")
  }
}
