import FuzzDriver
@testable import Offload
import TunnelCore

/// Any virtio header before any packet. Either it is refused, or what comes out is, byte for byte, what the plain rules
/// make of it.
///
///     1 byte      0x01 a frame   0x04 batches of 3 packets
///                 0x02 the pseudo header's sum is put in, as the kernel does
///                 0x08 the virtio header is made to fit the packet, but for the segment size
///                 0x10 the packet is made longer by as many bytes as the next two say
///     2 bytes     by how much
///     10 bytes    the virtio header
///     the rest    the packet
///
/// What takes long is left to inputs of more than 200 bytes: longer packets, and more than 40 of them.
final class CutterFuzz {
  private var packet = PacketBatch(byteCapacity: 65_600 + 128, slotCapacity: 1)
  private var small = PacketBatch(byteCapacity: 3 * 65_600, slotCapacity: 3)
  private var large = PacketBatch(byteCapacity: 6 * 65_600, slotCapacity: 256)

  private static let longest = 65_600

  func run(_ input: UnsafeRawBufferPointer) {
    var reader = ByteReader(input)
    let (mode, extra) = (reader.byte(), reader.number())
    guard reader.rest.count >= VirtioHeader.byteCount,
      var header = VirtioHeader(RawSpan(_unsafeBytes: reader.bytes(VirtioHeader.byteCount)))
    else { return }
    let (isFrame, isLarge) = (mode & 1 != 0, input.count > 200)
    let bytes = load(reader.rest, extra: isLarge && mode & 0x10 != 0 ? extra : 0)
    completeChecksum(header)
    let anatomy = Anatomy(UnsafeRawBufferPointer(bytes), isFrame: isFrame)
    if mode & 8 != 0, let anatomy { Self.fit(&header, to: anatomy) }
    if mode & 2 != 0, let anatomy { Self.putSum(bytes, anatomy) }
    if !isLarge && bytes.count > 40 * Int(header.segmentSize) { return }
    let original = UnsafeRawBufferPointer(bytes)
    guard var cutter = try? SuperPacketCutter(RawSpan(_unsafeBytes: original), header: header, isFrame: isFrame) else {
      return
    }
    guard let anatomy else { fatalError("broken promise: no packet, and it is cut") }
    check(header.needsChecksum && Int(header.checksumStart) == anatomy.transport, "the virtio header says otherwise")
    check(anatomy.isTCP == (header.segmentation != .udp), "TCP and UDP confused")
    var packets = CutPackets(
      original: original, anatomy: anatomy, segmentSize: Int(header.segmentSize), isSummed: mode & 2 != 0)
    if mode & 4 != 0 {
      Self.cut(&cutter, original, into: &small, &packets)
    } else {
      Self.cut(&cutter, original, into: &large, &packets)
    }
  }

  /// Puts the packet where it can be changed.
  private func load(_ bytes: UnsafeRawBufferPointer, extra: Int) -> UnsafeMutableRawBufferPointer {
    packet.removeAll()
    let start = packet.headroom
    let length = min(bytes.count + extra, Self.longest)
    packet.append(at: start, length: length)
    let room = UnsafeMutableRawBufferPointer(start: packet.pointer(at: start), count: length)
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(length)))
    for offset in min(bytes.count, length)..<length { room[offset] = UInt8(truncatingIfNeeded: offset) }
    return room
  }

  /// The other thing that is done with such a header, to a copy.
  private func completeChecksum(_ header: VirtioHeader) {
    small.removeAll()
    small.appendCopy(of: packet.bytes(of: 0))
    Self.completeChecksum(&small, header)
  }

  private static func completeChecksum(_ copy: inout PacketBatch, _ header: VirtioHeader) {
    var span = copy[0]
    let end = Int(header.checksumStart) + Int(header.checksumOffset) + 2
    do {
      try SuperPacketCutter.completeChecksum(&span, header: header)
      check(end <= span.byteCount, "a checksum outside of its packet")
    } catch {
      check(end > span.byteCount, "a checksum inside of its packet")
    }
  }

  private static func fit(_ header: inout VirtioHeader, to anatomy: Anatomy) {
    header.needsChecksum = true
    header.segmentation = anatomy.isTCP ? (anatomy.isIPv4 ? .tcpIPv4 : .tcpIPv6) : .udp
    header.checksumStart = UInt16(truncatingIfNeeded: anatomy.transport)
    header.checksumOffset = anatomy.isTCP ? 16 : 6
  }

  /// The sum of the pseudo header, where the kernel leaves it; with UDP it is that of the length that the header tells.
  private static func putSum(_ bytes: UnsafeMutableRawBufferPointer, _ anatomy: Anatomy) {
    let length = (bytes.count - anatomy.transport) & 0xffff
    if !anatomy.isTCP { bytes.put(length, at: anatomy.transport + 4) }
    bytes.put(anatomy.pseudoSum(UnsafeRawBufferPointer(bytes), length: length).folded, at: anatomy.checksumField)
  }

  private static func cut(
    _ cutter: inout SuperPacketCutter, _ whole: UnsafeRawBufferPointer, into batch: inout PacketBatch,
    _ packets: inout CutPackets
  ) {
    while !cutter.isDone {
      batch.removeAll()
      cutter.cut(RawSpan(_unsafeBytes: whole), into: &batch)
      check(batch.count > 0, "an empty batch has no room for one packet")
      for index in 0..<batch.count { packets.check(batch.pointers(to: index)) }
    }
    packets.end()
  }
}

extension PacketBatch {
  func pointers(to index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: pointer(at: start(of: index)), count: length(of: index))
  }
}
