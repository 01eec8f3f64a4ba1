import Offload
import Testing
import TunnelCore

/// A super-packet describes itself three times: EtherType, IP header, virtio header. A neighbour on a bridge may write
/// what it likes into all three.
@Suite("Super-packets that contradict themselves are refused, never trusted")
struct ContradictionTests {
  /// What a neighbour made of a good super-packet.
  struct Forgery {
    var packet: PlainPacket
    var bytes: [UInt8]
    var header: VirtioHeader

    init(_ packet: PlainPacket, segmentSize: Int = 10) {
      self.packet = packet
      bytes = packet.unfinishedBytes
      header = packet.virtioHeader(segmentSize: segmentSize)
    }

    /// The first byte of the IP header, and what is around it.
    var first: UInt8 {
      get { bytes[packet.link.count] }
      set { bytes[packet.link.count] = newValue }
    }

    subscript(network offset: Int) -> UInt8 {
      get { bytes[packet.link.count + offset] }
      set { bytes[packet.link.count + offset] = newValue }
    }

    func cutter() throws -> SuperPacketCutter {
      try SuperPacketCutter(bytes.span.bytes, header: header, isFrame: !packet.link.isEmpty)
    }
  }

  /// A super-packet of five segments in a frame or by itself.
  private static func good(isIPv4: Bool, isTCP: Bool, isFrame: Bool, payload: Int = 50) -> Forgery {
    var packet = PlainPacket(isIPv4: isIPv4, isTCP: isTCP, payload: [UInt8](repeating: 1, count: payload))
    if isFrame { packet.link = PlainPacket.ethernet(tags: 1) }
    if isFrame && !isIPv4 { packet.link.replaceSubrange(16..., with: [0x86, 0xdd]) }
    return Forgery(packet)
  }

  private typealias Change = (name: String, change: @Sendable (inout Forgery) -> Void)

  private static let changes: [Change] = [
    ("a version that is neither", { $0.first = 0x55 }), ("no version", { $0.first = 5 }),
    ("the other version", { $0.first ^= 0x20 }), ("the longest IPv4 header", { $0.first = 0x4f }),
    ("no IPv4 header", { $0.first = 0x40 }), ("less than an IPv4 header", { $0.first = 0x44 }),
    ("IPv4 options that are not there", { $0.first = 0x46 }),
    (
      "another protocol, both",
      {
        $0[network: 9] = 1; $0[network: 6] = 58
      }
    ),
    (
      "TCP and UDP changed over",
      { $0.header.segmentation = $0.packet.isTCP ? .udp : $0.packet.isIPv4 ? .tcpIPv4 : .tcpIPv6 }
    ),
    ("the checksum of the other one", { $0.header.checksumOffset = $0.packet.isTCP ? 6 : 16 }),
    ("a checksum outside", { $0.header.checksumOffset = 65535 }),
    ("a checksum in the header before", { $0.header.checksumStart -= 2 }),
    ("a transport header at the start", { $0.header.checksumStart = 0 }),
    ("a transport header in the payload", { $0.header.checksumStart += 4 }),
    ("a transport header at the end", { $0.header.checksumStart = UInt16($0.bytes.count) }),
    ("a transport header far outside", { $0.header.checksumStart = 65535 }),
    ("a checksum that is complete", { $0.header.needsChecksum = false }),
    ("segments of nothing", { $0.header.segmentSize = 0 }),
    ("no segments", { $0.header.segmentation = .none }), ("no payload", { $0.bytes.removeLast(50) }),
    ("half a transport header", { $0.bytes.removeLast(54) }), ("nothing", { $0.bytes = [] }),
  ]

  @Test("whatever is written into one of the three", arguments: 0..<22)
  func disagreement(_ number: Int) {
    let (name, change) = Self.changes[number]
    for isFrame in [true, false] {
      for isIPv4 in [true, false] {
        for isTCP in [true, false] {
          var forgery = Self.good(isIPv4: isIPv4, isTCP: isTCP, isFrame: isFrame)
          #expect(throws: Never.self) { _ = try forgery.cutter() }
          // Where IPv4 has the length of its header IPv6 has its traffic class.
          if name.contains("IPv4") && !isIPv4 { continue }
          change(&forgery)
          #expect(throws: SuperPacketCutter.Problem.malformed, "\(name) \(isFrame) \(isIPv4) \(isTCP)") {
            _ = try forgery.cutter()
          }
        }
      }
    }
  }

  @Test("TCP headers that are none, or leave no payload", arguments: [0, 1, 4, 15] as [UInt8])
  func headerOfTCP(words: UInt8) {
    var forgery = Self.good(isIPv4: true, isTCP: true, isFrame: true, payload: 40)
    forgery[network: 32] = words << 4
    #expect(throws: SuperPacketCutter.Problem.malformed) { _ = try forgery.cutter() }
  }

  @Test("segmentation of the other version", arguments: [true, false])
  func otherVersion(isIPv4: Bool) {
    var forgery = Self.good(isIPv4: isIPv4, isTCP: true, isFrame: false)
    forgery.header.segmentation = isIPv4 ? .tcpIPv6 : .tcpIPv4
    #expect(throws: SuperPacketCutter.Problem.malformed) { _ = try forgery.cutter() }
  }

  @Test("frames of another EtherType, and tags to the end")
  func etherType() {
    for link in [[0x08, 0x06], [0x86, 0xdd], [0, 0], [0xff, 0xff]] as [[UInt8]] {
      var forgery = Self.good(isIPv4: true, isTCP: true, isFrame: true)
      forgery.bytes.replaceSubrange(16..<18, with: link)
      #expect(throws: SuperPacketCutter.Problem.malformed) { _ = try forgery.cutter() }
    }
    var forgery = Self.good(isIPv4: true, isTCP: true, isFrame: true)
    for offset in 12..<forgery.bytes.count { forgery.bytes[offset] = offset % 4 == 0 ? 0x81 : 0 }
    #expect(throws: SuperPacketCutter.Problem.malformed) { _ = try forgery.cutter() }
  }

  @Test("fragments", arguments: [0x20, 0x00] as [UInt8])
  func fragments(flags: UInt8) {
    var forgery = Self.good(isIPv4: true, isTCP: true, isFrame: false)
    (forgery[network: 6], forgery[network: 7]) = (flags, flags == 0 ? 1 : 0)
    #expect(throws: SuperPacketCutter.Problem.malformed) { _ = try forgery.cutter() }
  }

  /// One destination options header of 8 bytes is there.
  @Test(
    "IPv6 extension headers that end elsewhere, or are none that the kernel cuts behind",
    arguments: [
      (6, 44), (6, 51), (6, 59), (6, 6), (40, 17), (40, 60), (40, 0), (41, 1), (41, 255),
    ] as [(Int, UInt8)])
  func extensionHeaders(offset: Int, value: UInt8) {
    var packet = PlainPacket(isIPv4: false, payload: [UInt8](repeating: 1, count: 50))
    packet.extensions = [6, 0, 1, 4, 0, 0, 0, 0]
    packet.firstExtension = 60
    var forgery = Forgery(packet)
    #expect(throws: Never.self) { _ = try forgery.cutter() }
    forgery[network: offset] = value
    #expect(throws: SuperPacketCutter.Problem.malformed) { _ = try forgery.cutter() }
  }

  @Test("what is too long for the length fields, in one piece; cut small enough it passes")
  func tooLong() throws {
    for isIPv4 in [true, false] {
      for isTCP in [true, false] {
        let packet = PlainPacket(isIPv4: isIPv4, isTCP: isTCP)
        var forgery = Forgery(packet, segmentSize: 65_535)
        forgery.bytes += [UInt8](repeating: 1, count: 65_530)
        #expect(throws: SuperPacketCutter.Problem.malformed) { _ = try forgery.cutter() }
        let fitting = 65_535 - packet.headersLength + (isIPv4 ? 0 : 40)
        forgery.header.segmentSize = UInt16(fitting)
        var cutter = try forgery.cutter()
        var batch = PacketBatch(byteCapacity: 200_000, slotCapacity: 2)
        cutter.cut(forgery.bytes.span.bytes, into: &batch)
        #expect(batch.length(of: 0) == packet.headersLength + fitting)
      }
    }
  }

  @Test("a super-packet that ends anywhere never traps")
  func truncation() {
    for isFrame in [true, false] {
      for isIPv4 in [true, false] {
        var forgery = Self.good(isIPv4: isIPv4, isTCP: true, isFrame: isFrame)
        while !forgery.bytes.isEmpty {
          forgery.bytes.removeLast()
          let payload = forgery.bytes.count - forgery.packet.headersLength
          #expect((try? forgery.cutter()) == nil || payload > 0)
        }
      }
    }
  }
}
