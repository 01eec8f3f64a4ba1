import Testing
import TunnelCore

@testable import Offload

/// What a device would be handed of a batch of packets: single ones, and super-packets with their headers.
private struct Written {
  var header: VirtioHeader
  var bytes: [UInt8]
}

/// Runs a joiner over `packets` as the device does.
private func join(_ packets: [[UInt8]], isFrame: Bool = false) -> [Written] {
  var batch = PacketBatch(byteCapacity: 400_000, slotCapacity: 512)
  for packet in packets {
    batch.appendCopy(of: packet.span.bytes)
    batch.pass(batch.count - 1)
  }
  var joiner = SuperPacketJoiner(isFrame: isFrame, joinsUDP: true, mostPackets: 129)
  var written: [Written] = []
  var index = 0
  while index < batch.count {
    let run = joiner.run(in: batch, index..<batch.count)
    var header = VirtioHeader()
    if run.packets > 1 { header = joiner.makeHeaders(in: &batch) }
    var bytes = batch.array(index)
    for slot in index + 1..<max(run.end, index + 1) { bytes += batch.array(slot).dropFirst(joiner.headersLength) }
    written.append(Written(header: header, bytes: bytes))
    index = run.end
  }
  return written
}

@Suite("Packets are joined exactly")
struct JoiningTests {
  @Test("what was cut and is joined can be cut again into the very same packets")
  func roundTrip() throws {
    var generator = SystemRandomNumberGenerator()
    var joined = 0
    for _ in 0..<300 {
      let packet = PlainPacket.random(using: &generator)
      let size = [500, 1400, 8960].randomElement(using: &generator) ?? 500
      let pieces = packet.cut(segmentSize: size).map(\.bytes)
      var again: [[UInt8]] = []
      for written in join(pieces, isFrame: !packet.link.isEmpty) {
        guard written.header.segmentation != .none else {
          again.append(written.bytes)
          continue
        }
        joined += 1
        again += try recut(written, isFrame: !packet.link.isEmpty)
      }
      #expect(again == pieces)
    }
    #expect(joined > 50)
  }

  private func recut(_ written: Written, isFrame: Bool) throws -> [[UInt8]] {
    var cutter = try SuperPacketCutter(written.bytes.span.bytes, header: written.header, isFrame: isFrame)
    var batch = PacketBatch(byteCapacity: 400_000, slotCapacity: 512)
    cutter.cut(written.bytes.span.bytes, into: &batch)
    return (0..<batch.count).map { batch.array($0) }
  }

  /// Three packets of one flow, 100 bytes each, the way they would follow one another.
  private var three: [PlainPacket] {
    PlainPacket(identification: 9, payload: (0..<300).map { UInt8($0 & 255) }).cut(segmentSize: 100)
  }

  @Test("three packets of one flow become one")
  func plainCase() {
    let written = join(three.map(\.bytes))
    #expect(written.count == 1)
    let whole = PlainPacket(identification: 9, payload: (0..<300).map { UInt8($0 & 255) })
    #expect(written[0].bytes == whole.unfinishedBytes)
    #expect(written[0].header.segmentSize == 100)
  }

  @Test("a packet with a broken checksum is passed on unchanged, never repaired")
  func brokenChecksum() {
    var packets = three.map(\.bytes)
    packets[1][packets[1].count - 1] ^= 1
    let written = join(packets)
    #expect(written.map(\.bytes) == packets)
    #expect(written.allSatisfy { $0.header == VirtioHeader() })
  }

  /// What must keep a packet from being joined to the one before it.
  private static let obstacles: [(String, @Sendable (inout PlainPacket) -> Void)] = [
    ("another sequence number", { $0.sequence &+= 1 }), ("another port", { $0.destinationPort += 1 }),
    ("another acknowledgement", { $0.acknowledgement += 1 }), ("another window", { $0.window += 1 }),
    ("a gap in the identification", { $0.identification += 1 }), ("another time to live", { $0.timeToLive -= 1 }),
    ("another ECN mark", { $0.trafficClass = 3 }), ("SYN", { $0.flags |= 2 }), ("RST", { $0.flags |= 4 }),
    ("URG", { $0.flags |= 0x20 }), ("ECE", { $0.flags |= 0x40 }), ("CWR", { $0.flags |= 0x80 }),
    ("other options", { $0.tcpOptions = [1, 1, 1, 1] }), ("a fragment bit", { $0.dontFragment = false }),
    ("a larger payload", { $0.payload.append(0) }), ("no payload", { $0.payload = [] }),
  ]

  @Test("a packet that differs in more than it may is not joined", arguments: 0..<16)
  func obstacle(_ number: Int) {
    let (name, change) = Self.obstacles[number]
    var packets = three
    change(&packets[1])
    let written = join(packets.map(\.bytes))
    #expect(written.first?.bytes == packets[0].bytes, "joined in spite of \(name)")
    let total = written.reduce(0) { $0 + $1.bytes.count }
    #expect(total >= packets[0].bytes.count + packets[1].payload.count + packets[2].payload.count)
  }

  @Test("PSH and FIN end a super-packet and are kept")
  func push() {
    var packets = three
    packets[1].flags = 0x18
    let written = join(packets.map(\.bytes))
    #expect(written.count == 2)
    #expect(written[0].bytes[33] == 0x18)
    #expect(written[1].bytes == packets[2].bytes)
  }

  @Test("two flows that alternate keep their order")
  func order() {
    let one = three
    let other = three.map { packet in
      var packet = packet
      packet.sourcePort = 50000
      return packet
    }
    let packets = zip(one, other).flatMap { [$0.bytes, $1.bytes] }
    #expect(join(packets).map(\.bytes) == packets)
  }

  @Test("a short packet is the last of its super-packet")
  func shortPacket() {
    var packets = three
    packets[1].payload.removeLast(40)
    packets[2].sequence &-= 40
    let written = join(packets.map(\.bytes))
    #expect(written.count == 2)
    #expect(written[1].bytes == packets[2].bytes)
  }

  @Test("after the kernel has refused a super-packet its packets are as they were, and no more are made")
  func refusal() {
    var batch = PacketBatch(byteCapacity: 100_000, slotCapacity: 16)
    for packet in three {
      batch.appendCopy(of: packet.bytes.span.bytes)
      batch.pass(batch.count - 1)
    }
    var joiner = SuperPacketJoiner(isFrame: false, joinsUDP: true, mostPackets: 129)
    #expect(joiner.run(in: batch, 0..<batch.count).packets == 3)
    _ = joiner.makeHeaders(in: &batch)
    #expect(batch.array(0) != three[0].bytes)
    joiner.giveUp(in: &batch)
    #expect(batch.array(0) == three[0].bytes)
    #expect(joiner.run(in: batch, 0..<batch.count).packets == 1)
  }

  /// As the device does: each run is written as one, for none is longer than one write takes. Every packet is looked
  /// at when it ends a run and once more when it begins the next, and never again.
  @Test(
    "segments of a byte cost no more than others: 1000 packets are looked at 2000 times at most", arguments: [1, 2])
  func work(flows: Int) {
    let flow = PlainPacket(identification: 9, payload: [UInt8](repeating: 1, count: 1000)).cut(segmentSize: 1)
    var batch = PacketBatch(byteCapacity: 400_000, slotCapacity: 1024)
    for (index, packet) in flow.enumerated() {
      var packet = packet
      if index % flows == 1 { packet.sourcePort = 50000 }
      batch.appendCopy(of: packet.bytes.span.bytes)
      batch.pass(batch.count - 1)
    }
    var joiner = SuperPacketJoiner(isFrame: false, joinsUDP: true, mostPackets: 129)
    var (index, runs) = (0, 0)
    while index < batch.count {
      let run = joiner.run(in: batch, index..<batch.count)
      #expect(run.packets <= 129)
      index = run.end
      runs += 1
    }
    #expect(joiner.examined <= 2 * 1000)
    #expect(runs == (flows == 1 ? 8 : 1000))
  }

  @Test("another IP version than the EtherType says keeps a packet as it is")
  func otherEtherType() {
    let packets = three.map { packet in
      var packet = packet
      packet.link = PlainPacket.ethernet(tags: 0)
      packet.link.replaceSubrange(12..., with: [0x86, 0xdd])
      return packet.bytes
    }
    #expect(join(packets, isFrame: true).map(\.bytes) == packets)
  }

  /// The sum of a packet whose checksum is 0 is right with 0xffff as well (RFC 1624, section 3); whoever cuts the
  /// super-packet would write 0.
  @Test("a checksum of 0xffff is as right as 0, and kept", arguments: [10, 36])
  func otherZero(field: Int) throws {
    var packets = three
    try #require(
      (0..<0xffff as Range<UInt16>).contains {
        if field == 10 { packets[1].identification = $0 }
        if field == 36 { packets[1].payload.replaceSubrange(0..<2, with: [UInt8($0 >> 8), UInt8($0 & 255)]) }
        return packets[1].bytes[field..<field + 2] == [0, 0]
      })
    packets[0].identification = packets[1].identification &- 1
    var bytes = packets.map(\.bytes)
    #expect(join(Array(bytes[...1])).count == 1)
    bytes[1].replaceSubrange(field..<field + 2, with: [0xff, 0xff])
    #expect(join(Array(bytes[...1])).map(\.bytes) == Array(bytes[...1]))
  }

  @Test("Ethernet padding behind the packet keeps it from being joined")
  func padding() {
    let packets = three.map { packet in
      var packet = packet
      packet.link = PlainPacket.ethernet(tags: 0)
      return packet.bytes + [0, 0]
    }
    #expect(join(packets, isFrame: true).map(\.bytes) == packets)
  }

  @Test("random bytes are never joined and never trap")
  func noise() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let packets = (0..<3).map { _ in
        let start: [UInt8] = [[0x45, 0], [0x60, 0], [0x4f, 0]].randomElement(using: &generator) ?? []
        return start
          + (0..<Int.random(in: 0..<120, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }
      #expect(join(packets, isFrame: Bool.random(using: &generator)).map(\.bytes) == packets)
    }
  }
}
