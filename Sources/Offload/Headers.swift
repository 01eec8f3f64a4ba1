import TunnelCore

enum TCPFlags {
  static let fin: UInt8 = 0x01
  static let psh: UInt8 = 0x08
  static let ack: UInt8 = 0x10
  static let cwr: UInt8 = 0x80
}

enum IPv4Header {
  /// Computes the header checksum anew. `start` is where the header begins.
  @_lifetime(span: copy span)
  static func finishChecksum(_ span: inout MutableRawSpan, at start: Int) {
    let length = Int(span.bytes.byte(at: start) & 15) * 4
    span.storeBytes(of: 0, toByteOffset: start + 10, as: UInt16.self)
    var sum = InternetChecksum()
    sum.add(span.bytes.extracting(start..<start + length))
    span.storeBytes(of: sum.checksum, toByteOffset: start + 10, as: UInt16.self)
  }
}

/// Where a packet's IP header is, and which of the two it is.
struct NetworkHeader {
  /// Bytes of the link-layer header: 0 (tun), or those of an Ethernet header with its VLAN tags.
  let start: Int
  let isIPv4: Bool

  /// Nil if no IP header follows whole, or if EtherType and version contradict each other: the kernel goes by the one,
  /// what reads the packet by the other, and a bridge looks at neither.
  init?(in packet: RawSpan, isFrame: Bool) {
    var etherType: UInt16?
    var offset = 0
    if isFrame {
      guard let (type, end) = Self.etherType(ofFrame: packet) else { return nil }
      (etherType, offset) = (type, end)
    }
    guard offset + 20 <= packet.byteCount else { return nil }
    switch packet.byte(at: offset) >> 4 {
    case 4 where etherType ?? 0x0800 == 0x0800: isIPv4 = true
    case 6 where etherType ?? 0x86dd == 0x86dd && offset + 40 <= packet.byteCount: isIPv4 = false
    default: return nil
    }
    start = offset
  }

  /// The EtherType behind VLAN tags (IEEE 802.1Q and 802.1ad), and where it ends.
  private static func etherType(ofFrame frame: RawSpan) -> (UInt16, end: Int)? {
    var offset = 12
    while offset + 2 <= frame.byteCount {
      let type = frame.bigEndian(at: offset, as: UInt16.self)
      if type != 0x8100 && type != 0x88a8 { return (type, offset + 2) }
      offset += 4
    }
    return nil
  }
}

/// A TCP or UDP packet in which nothing stands in the way of joining it to its neighbours: plain IPv4 (options
/// allowed, no fragments) or IPv6 without extension headers, no bytes after it, a payload, a right checksum.
struct JoinablePacket {
  /// Longer headers (a pile of VLAN tags) are left alone.
  static let mostHeaderBytes = 256

  let isIPv4: Bool
  let isTCP: Bool
  let networkStart: Int
  let transportStart: Int
  let headersLength: Int
  let payloadLength: Int
  /// TCP only.
  let sequence: UInt32
  let flags: UInt8
  /// IPv4 only.
  let identification: UInt16

  init?(_ packet: RawSpan, isFrame: Bool) {
    guard let network = NetworkHeader(in: packet, isFrame: isFrame) else { return nil }
    (networkStart, isIPv4) = (network.start, network.isIPv4)
    let transportNumber: UInt8
    if isIPv4 {
      guard let transport = Self.checkedIPv4(packet, networkStart) else { return nil }
      transportStart = transport
      transportNumber = packet.byte(at: networkStart + 9)
      identification = packet.bigEndian(at: networkStart + 4, as: UInt16.self)
    } else {
      guard Int(packet.bigEndian(at: networkStart + 4, as: UInt16.self)) == packet.byteCount - networkStart - 40 else {
        return nil
      }
      transportStart = networkStart + 40
      transportNumber = packet.byte(at: networkStart + 6)
      identification = 0
    }
    guard transportNumber == 6 || transportNumber == 17 else { return nil }
    isTCP = transportNumber == 6
    guard let length = Self.transportHeaderLength(packet, transportStart, isTCP: isTCP) else { return nil }
    headersLength = transportStart + length
    payloadLength = packet.byteCount - headersLength
    guard payloadLength > 0, headersLength <= Self.mostHeaderBytes else { return nil }
    sequence = isTCP ? packet.bigEndian(at: transportStart + 4, as: UInt32.self) : 0
    flags = isTCP ? packet.byte(at: transportStart + 13) : 0
    guard hasRightChecksum(packet) else { return nil }
  }

  /// The offset of the transport header, if length, header checksum and fragment fields are those of a whole packet.
  /// A checksum of 0xffff, which is as right as 0, is not what would be made again.
  private static func checkedIPv4(_ packet: RawSpan, _ start: Int) -> Int? {
    let length = Int(packet.byte(at: start) & 15) * 4
    guard length >= 20, start + length <= packet.byteCount,
      Int(packet.bigEndian(at: start + 2, as: UInt16.self)) == packet.byteCount - start,
      packet.bigEndian(at: start + 6, as: UInt16.self) & 0x3fff == 0, packet.field(at: start + 10) != 0xffff
    else { return nil }
    var sum = InternetChecksum()
    sum.add(packet.extracting(start..<start + length))
    return sum.folded == 0xffff ? start + length : nil
  }

  private static func transportHeaderLength(_ packet: RawSpan, _ start: Int, isTCP: Bool) -> Int? {
    if !isTCP {
      guard start + 8 <= packet.byteCount,
        Int(packet.bigEndian(at: start + 4, as: UInt16.self)) == packet.byteCount - start,
        packet.field(at: start + 6) != 0
      else { return nil }
      return 8
    }
    guard start + 20 <= packet.byteCount, packet.field(at: start + 16) != 0xffff else { return nil }
    let length = Int(packet.byte(at: start + 12) >> 4) * 4
    return length >= 20 && start + length <= packet.byteCount ? length : nil
  }

  /// Where the addresses stand.
  private var addresses: Range<Int> {
    isIPv4 ? networkStart + 12..<networkStart + 20 : networkStart + 8..<networkStart + 40
  }

  /// The sum of the pseudo header (RFC 9293, 3.1; RFC 8200, 8.1) for a transport header and payload of `length` bytes.
  func pseudoSum(_ packet: RawSpan, length: Int) -> InternetChecksum {
    var sum = InternetChecksum()
    sum.add(packet.extracting(addresses))
    sum.add(bigEndian: isTCP ? 6 : 17)
    sum.add(bigEndian: UInt16(length))
    return sum
  }

  private func hasRightChecksum(_ packet: RawSpan) -> Bool {
    var sum = pseudoSum(packet, length: packet.byteCount - transportStart)
    sum.add(packet.extracting(droppingFirst: transportStart))
    return sum.folded == 0xffff
  }
}
