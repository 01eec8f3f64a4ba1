/// A packet put together field by field, slowly and plainly: what cutting and joining are compared with.
struct PlainPacket: Equatable {
  var isIPv4 = true
  var isTCP = true
  /// An Ethernet header with tags, or nothing.
  var link: [UInt8] = []
  var ipOptions: [UInt8] = []
  /// IPv6 extension headers between the fixed header and the transport, the chain's first number in `nextHeader`.
  var extensions: [UInt8] = []
  var firstExtension: UInt8 = 0
  var trafficClass: UInt8 = 0
  var timeToLive: UInt8 = 64
  var identification: UInt16 = 0
  var dontFragment = true
  var sourcePort: UInt16 = 40000
  var destinationPort: UInt16 = 443
  var sequence: UInt32 = 1
  var acknowledgement: UInt32 = 7
  var flags: UInt8 = 0x10
  var window: UInt16 = 512
  var urgent: UInt16 = 0
  var tcpOptions: [UInt8] = []
  var payload: [UInt8] = []

  private var source: [UInt8] { address(ending: 1) }
  private var destination: [UInt8] { address(ending: 2) }

  private func address(ending last: UInt8) -> [UInt8] {
    isIPv4 ? [10, 0, 0, last] : [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [last]
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private func transport(checksum: UInt16) -> [UInt8] {
    if !isTCP {
      return Self.bytes(sourcePort) + Self.bytes(destinationPort) + Self.bytes(UInt16(8 + payload.count))
        + Self.bytes(checksum)
    }
    return Self.bytes(sourcePort) + Self.bytes(destinationPort) + Self.bytes(sequence) + Self.bytes(acknowledgement)
      + [UInt8((20 + tcpOptions.count) / 4) << 4, flags] + Self.bytes(window) + Self.bytes(checksum)
      + Self.bytes(urgent) + tcpOptions
  }

  private var pseudoHeader: [UInt8] {
    source + destination + Self.bytes(UInt32(transport(checksum: 0).count + payload.count))
      + [0, 0, 0, isTCP ? 6 : 17]
  }

  private func network(length: Int) -> [UInt8] {
    let transportNumber: UInt8 = isTCP ? 6 : 17
    if !isIPv4 {
      return [0x60 | trafficClass >> 4, trafficClass << 4, 0, 0x2a] + Self.bytes(UInt16(extensions.count + length))
        + [extensions.isEmpty ? transportNumber : firstExtension, timeToLive] + source + destination + extensions
    }
    let words = UInt8(5 + ipOptions.count / 4)
    var header: [UInt8] =
      [0x40 | words, trafficClass] + Self.bytes(UInt16(Int(words) * 4 + length)) + Self.bytes(identification)
      + [dontFragment ? 0x40 : 0, 0, timeToLive, transportNumber, 0, 0] + source + destination + ipOptions
    let checksum = Self.bytes(~Self.sum(header))
    header.replaceSubrange(10..<12, with: checksum)
    return header
  }

  /// Offset of the transport header.
  var transportStart: Int { link.count + (isIPv4 ? 20 + ipOptions.count : 40 + extensions.count) }
  var headersLength: Int { transportStart + transport(checksum: 0).count }

  /// The packet with every checksum complete.
  var bytes: [UInt8] {
    let whole = pseudoHeader + transport(checksum: 0) + payload
    var checksum = ~Self.sum(whole)
    if !isTCP && checksum == 0 { checksum = 0xffff }
    let body = transport(checksum: checksum) + payload
    return link + network(length: body.count) + body
  }

  /// The packet as the kernel leaves it: the pseudo header's sum where the checksum belongs.
  var unfinishedBytes: [UInt8] {
    let body = transport(checksum: Self.sum(pseudoHeader)) + payload
    return link + network(length: body.count) + body
  }

  /// The one's complement sum, a 16-bit word after the other (RFC 1071).
  static func sum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      let low = index + 1 < bytes.count ? bytes[index + 1] : 0
      sum += UInt32(bytes[index]) << 8 | UInt32(low)
      sum = sum & 0xffff + sum >> 16
    }
    return UInt16(sum)
  }

  /// What a super-packet is cut into.
  func cut(segmentSize: Int) -> [PlainPacket] {
    var packets: [PlainPacket] = []
    for offset in stride(from: 0, to: payload.count, by: segmentSize) {
      var packet = self
      packet.payload = Array(payload[offset..<min(offset + segmentSize, payload.count)])
      packet.sequence = sequence &+ UInt32(offset)
      packet.identification = identification &+ UInt16(truncatingIfNeeded: packets.count)
      if offset + segmentSize < payload.count { packet.flags &= ~0x09 }
      if offset > 0 { packet.flags &= ~0x80 }
      packets.append(packet)
    }
    return packets
  }
}

extension PlainPacket {
  /// A super-packet of every shape that the kernel might hand over.
  static func random(using generator: inout some RandomNumberGenerator) -> PlainPacket {
    var packet = PlainPacket()
    packet.isIPv4 = Bool.random(using: &generator)
    packet.isTCP = Int.random(in: 0..<4, using: &generator) > 0
    let links: [[UInt8]] = [
      [], [], ethernet(tags: 0), ethernet(tags: 1), ethernet(tags: 2),
    ]
    packet.link = links[Int.random(in: 0..<5, using: &generator)]
    if !packet.link.isEmpty && !packet.isIPv4 {
      packet.link.replaceSubrange((packet.link.count - 2)..., with: [0x86, 0xdd])
    }
    if Bool.random(using: &generator) { packet.ipOptions = [7, 7, 4, 0, 0, 0, 0, 0] }
    if !packet.isIPv4 && Int.random(in: 0..<3, using: &generator) == 0 {
      packet.extensions = [packet.isTCP ? 6 : 17, 0, 1, 4, 0, 0, 0, 0]  // destination options, padding
      packet.firstExtension = 60
    }
    packet.trafficClass = UInt8.random(in: 0...3, using: &generator)
    packet.identification = UInt16.random(in: 0...0xffff, using: &generator)
    packet.dontFragment = Bool.random(using: &generator)
    packet.sequence = UInt32.random(in: 0...UInt32.max, using: &generator)
    packet.flags = [0x10, 0x10, 0x18, 0x11, 0x90, 0x50, 0x30, 0x19][Int.random(in: 0..<8, using: &generator)]
    if packet.flags & 0x20 != 0 { packet.urgent = 3 }
    if Bool.random(using: &generator) { packet.tcpOptions = [1, 1, 8, 10, 0, 1, 2, 3, 4, 5, 6, 7] }
    let length = [1, 2, 3, 100, 1399, 1400, 1401, 9000, 33333, 60000][Int.random(in: 0..<10, using: &generator)]
    packet.payload = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return packet
  }

  static func ethernet(tags: Int) -> [UInt8] {
    let addresses: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]
    let tag: [UInt8] = [0x81, 0, 0, 42]
    return addresses + (0..<tags).flatMap { _ in tag } + [8, 0]
  }
}
