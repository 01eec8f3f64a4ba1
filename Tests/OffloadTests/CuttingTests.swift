import Offload
import Testing
import TunnelCore

/// Cuts `packet` through batches of `slots` slots each, and returns what came out.
func cut(_ packet: PlainPacket, segmentSize: Int, slots: Int = 256) throws -> [[UInt8]] {
  let header = packet.virtioHeader(segmentSize: segmentSize)
  let bytes = packet.unfinishedBytes
  var cutter = try SuperPacketCutter(bytes.span.bytes, header: header, isFrame: !packet.link.isEmpty)
  var result: [[UInt8]] = []
  while !cutter.isDone {
    var batch = PacketBatch(byteCapacity: 200_000, slotCapacity: slots)
    cutter.cut(bytes.span.bytes, into: &batch)
    for index in 0..<batch.count { result.append(batch.array(index)) }
    try #require(batch.count > 0)
  }
  return result
}

extension PlainPacket {
  /// What the kernel puts before a super-packet.
  func virtioHeader(segmentSize: Int) -> VirtioHeader {
    var header = VirtioHeader()
    header.needsChecksum = true
    header.segmentation = isTCP ? (isIPv4 ? .tcpIPv4 : .tcpIPv6) : .udp
    header.segmentSize = UInt16(segmentSize)
    header.checksumStart = UInt16(transportStart)
    header.checksumOffset = isTCP ? 16 : 6
    return header
  }
}

extension PacketBatch {
  func array(_ index: Int) -> [UInt8] {
    let span = bytes(of: index)
    return (0..<span.byteCount).map { span.bigEndian(at: $0, as: UInt8.self) }
  }
}

@Suite("Super-packets are cut exactly")
struct CuttingTests {
  @Test("random super-packets of all shapes come out as the plain reference says, whatever the batch's size")
  func randomSuperPackets() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<400 {
      let packet = PlainPacket.random(using: &generator)
      let size =
        [1, 2, 7, 500, 1339, 1400, 1452, 8960].filter { packet.payload.count / $0 < 2000 }
        .randomElement(using: &generator) ?? 1400
      let slots = [1, 3, 256].randomElement(using: &generator) ?? 1
      let pieces = try cut(packet, segmentSize: size, slots: slots)
      #expect(pieces == packet.cut(segmentSize: size).map(\.bytes), "\(packet.isIPv4) \(packet.isTCP) size \(size)")
    }
  }

  @Test("PSH and FIN are on the last packet only, CWR on the first only")
  func flags() throws {
    var packet = PlainPacket()
    packet.flags = 0x99  // CWR, ACK, PSH, FIN
    packet.payload = [UInt8](repeating: 1, count: 300)
    let flags = try cut(packet, segmentSize: 100).map { $0[33] }
    #expect(flags == [0x90, 0x10, 0x19])
  }

  @Test("a packet with an unfinished checksum is completed", arguments: [true, false], [0, 1, 2, 17, 1400])
  func completion(isTCP: Bool, length: Int) throws {
    let packet = PlainPacket(isTCP: isTCP, payload: (0..<length).map { UInt8($0 & 255) })
    var header = VirtioHeader()
    header.needsChecksum = true
    header.checksumStart = UInt16(packet.transportStart)
    header.checksumOffset = isTCP ? 16 : 6
    var bytes = packet.unfinishedBytes
    var elements = bytes.mutableSpan
    var span = elements.mutableBytes
    try SuperPacketCutter.completeChecksum(&span, header: header)
    #expect(bytes == packet.bytes)
  }

  @Test("the virtio header survives a round trip, and unknown kinds are not read")
  func virtioHeader() {
    var header = VirtioHeader()
    header.needsChecksum = true
    header.segmentation = .tcpIPv6
    header.hasECN = true
    header.headerLength = 74
    header.segmentSize = 1388
    header.checksumStart = 40
    header.checksumOffset = 16
    var bytes = [UInt8](repeating: 0, count: 10)
    var elements = bytes.mutableSpan
    var span = elements.mutableBytes
    header.write(to: &span)
    #expect(VirtioHeader(bytes.span.bytes) == header)
    let unknown: [UInt8] = [0, 3, 0, 0, 0, 0, 0, 0, 0, 0]
    #expect(VirtioHeader(unknown.span.bytes) == nil)
  }
}
