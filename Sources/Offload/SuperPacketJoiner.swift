package import TunnelCore

/// Decides which neighbouring packets of a batch can be handed to the kernel as one super-packet, and makes its
/// headers.
///
/// Only direct neighbours are joined, so order never changes. They have to be of one flow and such that cutting the
/// super-packet again gives the very same packets: all headers equal but for length, identification (which goes up by
/// one), sequence and checksum; payloads of equal size, only the last may be shorter; with TCP nothing but ACK and, on
/// the last, PSH or FIN among the flags. Checksums have been verified: a broken packet stays as it is.
package struct SuperPacketJoiner {
  /// The most bytes a super-packet has after the link-layer header (linux/netdevice.h, GSO_LEGACY_MAX_SIZE).
  static let mostBytes = 65_535
  /// The most datagrams in a UDP super-packet (linux/udp.h, UDP_MAX_SEGMENTS of older kernels).
  static let mostDatagrams = 64

  private let isFrame: Bool
  /// The most packets in a super-packet: what one write takes.
  private let mostPackets: Int
  /// Whether UDP packets are joined too.
  package var joinsUDP: Bool
  package var joinsTCP = true

  /// The packets that are being joined: the first, and what is known of the last.
  private var first: JoinablePacket?
  private var firstSlot = 0
  private var last: JoinablePacket?
  private var packets = 0
  private var bytes = 0
  private var isClosed = false
  /// How many packets were looked at, headers and checksum. Twice the number of packets at most: the one that ends a
  /// run begins the next.
  private(set) var examined = 0

  /// What `makeHeaders` overwrote, in case the kernel refuses the super-packet.
  private var original = [UInt8](repeating: 0, count: JoinablePacket.mostHeaderBytes)

  /// `mostPackets`: the most that can be written as one. A longer run would be found, refused and looked for again from
  /// the next packet on.
  package init(isFrame: Bool, joinsUDP: Bool, mostPackets: Int) {
    self.isFrame = isFrame
    self.mostPackets = mostPackets
    self.joinsUDP = joinsUDP
  }

  /// The number of neighbours from slot `index` on, skipping slots that did not pass, that can be written as one.
  /// `end` is the slot after the last of them.
  package struct Run: Equatable {
    package var end: Int
    package var packets: Int
  }

  /// Finds the longest run from slot `index`, which must have passed.
  package mutating func run(in batch: borrowing PacketBatch, _ range: Range<Int>) -> Run {
    let index = range.lowerBound
    var run = Run(end: index + 1, packets: 1)
    guard begin(batch, index) else { return run }
    var slot = index + 1
    while slot < range.upperBound && !isClosed && packets < mostPackets {
      if batch.state(of: slot) == .passed && batch.length(of: slot) > 0 {
        guard extend(batch, slot) else { return run }
        run = Run(end: slot + 1, packets: packets)
      }
      slot += 1
    }
    return run
  }

  private mutating func examine(_ batch: borrowing PacketBatch, _ slot: Int) -> JoinablePacket? {
    examined &+= 1
    return JoinablePacket(batch.bytes(of: slot), isFrame: isFrame)
  }

  private mutating func begin(_ batch: borrowing PacketBatch, _ slot: Int) -> Bool {
    guard slot + 1 < batch.count, let packet = examine(batch, slot) else {
      first = nil
      return false
    }
    guard packet.isTCP ? joinsTCP && packet.flags == TCPFlags.ack : joinsUDP else {
      first = nil
      return false
    }
    (first, last, firstSlot, packets) = (packet, packet, slot, 1)
    bytes = batch.length(of: slot)
    isClosed = false
    return true
  }

  /// Whether the packet in `slot` belongs behind what has been joined so far; if so it is.
  private mutating func extend(_ batch: borrowing PacketBatch, _ slot: Int) -> Bool {
    guard let first, let last, let packet = examine(batch, slot),
      packet.isIPv4 == first.isIPv4, packet.isTCP == first.isTCP, packet.headersLength == first.headersLength,
      packet.networkStart == first.networkStart, packet.transportStart == first.transportStart,
      packet.payloadLength <= first.payloadLength, last.payloadLength == first.payloadLength,
      bytes + packet.payloadLength - first.networkStart <= Self.mostBytes,
      packet.isTCP || packets < Self.mostDatagrams,
      !packet.isIPv4 || packet.identification == last.identification &+ 1,
      follows(packet, last), hasSameHeaders(batch, slot)
    else { return false }
    isClosed = packet.payloadLength < first.payloadLength || packet.flags & (TCPFlags.psh | TCPFlags.fin) != 0
    self.last = packet
    packets += 1
    bytes += packet.payloadLength
    return true
  }

  private func follows(_ packet: JoinablePacket, _ last: JoinablePacket) -> Bool {
    if !packet.isTCP { return true }
    return packet.sequence == last.sequence &+ UInt32(last.payloadLength)
      && packet.flags & ~(TCPFlags.psh | TCPFlags.fin) == TCPFlags.ack
  }

  /// Compares the headers byte for byte, without the fields that differ between the packets of one flow.
  private func hasSameHeaders(_ batch: borrowing PacketBatch, _ slot: Int) -> Bool {
    guard let first else { return false }
    let one = batch.bytes(of: firstSlot)
    let other = batch.bytes(of: slot)
    let network = first.networkStart
    let transport = first.transportStart
    if first.isIPv4 {
      // Not the length, the identification and the header checksum.
      guard equal(one, other, 0..<network + 2), equal(one, other, network + 6..<network + 10),
        equal(one, other, network + 12..<transport)
      else { return false }
    } else {
      guard equal(one, other, 0..<network + 4), equal(one, other, network + 6..<transport) else { return false }
    }
    if !first.isTCP { return equal(one, other, transport..<transport + 4) }
    // Not the sequence number, the flags and the checksum.
    return equal(one, other, transport..<transport + 4) && equal(one, other, transport + 8..<transport + 13)
      && equal(one, other, transport + 14..<transport + 16) && equal(one, other, transport + 18..<first.headersLength)
  }

  private func equal(_ one: RawSpan, _ other: RawSpan, _ range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset + 2 <= range.upperBound {
      if one.field(at: offset) != other.field(at: offset) { return false }
      offset += 2
    }
    return offset == range.upperBound || one.byte(at: offset) == other.byte(at: offset)
  }

  // MARK: The super-packet's headers

  /// Bytes of all headers: the payload of the others follows that of the first.
  package var headersLength: Int { first?.headersLength ?? 0 }

  /// Turns the first packet's headers into those of the super-packet, checksum unfinished, and describes it. Only after
  /// a run of two packets or more.
  package mutating func makeHeaders(in batch: inout PacketBatch) -> VirtioHeader {
    guard let first, let last else { preconditionFailure("no run") }
    var span = batch[firstSlot]
    for offset in 0..<first.headersLength { original[offset] = span.bytes.byte(at: offset) }
    let transportLength = bytes - first.transportStart
    finishNetworkHeader(&span, first)
    if first.isTCP {
      span.storeBytes(of: last.flags, toByteOffset: first.transportStart + 13, as: UInt8.self)
    } else {
      span.storeBigEndian(UInt16(transportLength), at: first.transportStart + 4)
    }
    let checksumOffset = first.isTCP ? 16 : 6
    let sum = first.pseudoSum(span.bytes, length: transportLength).folded
    span.storeBytes(of: sum, toByteOffset: first.transportStart + checksumOffset, as: UInt16.self)
    var header = VirtioHeader()
    header.needsChecksum = true
    header.segmentation = first.isTCP ? (first.isIPv4 ? .tcpIPv4 : .tcpIPv6) : .udp
    header.headerLength = UInt16(first.headersLength)
    header.segmentSize = UInt16(first.payloadLength)
    header.checksumStart = UInt16(first.transportStart)
    header.checksumOffset = UInt16(checksumOffset)
    return header
  }

  /// Undoes `makeHeaders`, and joins no more packets of that kind: the kernel has refused them.
  package mutating func giveUp(in batch: inout PacketBatch) {
    guard let first else { return }
    var span = batch[firstSlot]
    for offset in 0..<first.headersLength {
      span.storeBytes(of: original[offset], toByteOffset: offset, as: UInt8.self)
    }
    if first.isTCP { joinsTCP = false } else { joinsUDP = false }
  }

  @_lifetime(span: copy span)
  private func finishNetworkHeader(_ span: inout MutableRawSpan, _ first: JoinablePacket) {
    if first.isIPv4 {
      span.storeBigEndian(UInt16(bytes - first.networkStart), at: first.networkStart + 2)
      IPv4Header.finishChecksum(&span, at: first.networkStart)
    } else {
      span.storeBigEndian(UInt16(bytes - first.networkStart - 40), at: first.networkStart + 4)
    }
  }
}
