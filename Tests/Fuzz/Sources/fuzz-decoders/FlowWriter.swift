import FuzzDriver
import TunnelCore

/// Writes packets into a batch as the input's letters (the low five bits of a byte) say:
///
///     N kind          another flow: 0x01 IPv6  0x02 UDP  0x04 a VLAN tag  0x08 IPv4 options  0x10 TCP options; the
///                     rest gives the port
///     P length        its next packet with that payload, as it should be
///     R number        that many more like it
///     G flags         TCP flags on the last, PSH and the like
///     H bits          bits of the next ones' identification and sequence number are turned over
///     B where what    a byte of the last is changed
///     F               its checksums are right again
///     K               its payload becomes such that the checksum is 0
///     Z               0xffff where checksums are 0
///     X length bytes  any bytes as a packet
///     E               an empty one
///     D               the last did not pass
final class FlowWriter {
  private let header = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 16)
  private let payload = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
  private var anatomy: Anatomy?
  private var headerLength = 0
  private var identification = 0
  private var sequence: UInt32 = 0
  private var lastPayload = 0
  private var isFrame = false

  private var mostPackets = 0
  private var mostBytes = 0
  private var bytes = 0

  func write(_ batch: inout PacketBatch, isLarge: Bool, isFrame: Bool, _ input: inout ByteReader) {
    self.isFrame = isFrame
    (mostPackets, mostBytes, bytes) = isLarge ? (1000, 500_000, 0) : (12, 2000, 0)
    begin(kind: 0)
    while !input.isAtEnd && batch.count < mostPackets && bytes < mostBytes {
      switch Character(Unicode.Scalar(input.byte() & 31 | 64)) {
      case "N": begin(kind: input.byte())
      case "P":
        lastPayload = Self.length(input.byte())
        appendNext(&batch)
      case "R": for _ in 0..<input.byte() where batch.count < mostPackets && bytes < mostBytes { appendNext(&batch) }
      case "H":
        let bits = input.number()
        (identification, sequence) = (identification ^ bits & 0xff, sequence ^ UInt32(bits >> 8))
      case "G":
        let flags = input.byte()
        change(&batch) { packet, anatomy in if anatomy.isTCP { packet[anatomy.transport + 13] = flags } }
        change(&batch, Self.finish)
      case "B": disturb(&batch, where: Int(input.byte()), what: input.byte())
      case "F": change(&batch, Self.finish)
      case "K": change(&batch, Self.makeZero)
      case "Z": change(&batch, Self.replaceZeros)
      case "X": append(input.bytes(Self.length(input.byte())), to: &batch)
      case "E": append(UnsafeRawBufferPointer(rebasing: header[..<0]), to: &batch)
      case "D": if batch.count > 0 { batch.drop(batch.count - 1, .malformed) }
      default: break
      }
    }
  }

  /// Mostly small, sometimes up to what fits a packet.
  private static func length(_ byte: UInt8) -> Int { byte < 224 ? Int(byte) : (Int(byte) - 224) * 2112 }

  // MARK: A flow

  /// Puts the headers of a flow together.
  private func begin(kind: UInt8) {
    let (isIPv6, isUDP) = (kind & 1 != 0, kind & 2 != 0)
    header.initializeMemory(as: UInt8.self, repeating: 0)
    let network = putLink(isTagged: kind & 4 != 0, isIPv6: isIPv6)
    let transport = putNetwork(at: network, isIPv6: isIPv6, hasOptions: kind & 8 != 0, number: isUDP ? 17 : 6)
    header.put(4000 + Int(kind >> 5), at: transport)
    header.put(9, at: transport + 2)
    let options = kind & 0x10 != 0 ? 12 : 0
    if !isUDP {
      (header[transport + 12], header[transport + 13], header[transport + 15]) = (UInt8((20 + options) * 4), 0x10, 9)
    }
    headerLength = transport + (isUDP ? 8 : 20 + options)
    anatomy = Anatomy(UnsafeRawBufferPointer(rebasing: header[..<headerLength]), isFrame: isFrame)
    (identification, sequence) = (Int(kind) << 8 | 0xf0, UInt32(kind) << 24 | 0xff_ff00)
  }

  private func putLink(isTagged: Bool, isIPv6: Bool) -> Int {
    if !isFrame { return 0 }
    if isTagged { header.put(0x8100, at: 12) }
    let end = isTagged ? 18 : 14
    header.put(isIPv6 ? 0x86dd : 0x0800, at: end - 2)
    return end
  }

  private func putNetwork(at start: Int, isIPv6: Bool, hasOptions: Bool, number: UInt8) -> Int {
    if isIPv6 {
      (header[start], header[start + 6], header[start + 7]) = (0x60, number, 64)
      (header[start + 23], header[start + 39]) = (1, 2)
      return start + 40
    }
    let length = hasOptions ? 28 : 20
    (header[start], header[start + 6]) = (UInt8(0x40 | length / 4), 0x40)
    (header[start + 8], header[start + 9], header[start + 15], header[start + 19]) = (64, number, 1, 2)
    return start + length
  }

  /// Appends the flow's next packet: the identification goes on by one, the sequence number by the payload.
  private func appendNext(_ batch: inout PacketBatch) {
    guard let anatomy, let start = batch.roomForNext(headerLength + lastPayload) else { return }
    batch.append(at: start, length: headerLength + lastPayload)
    bytes += headerLength + lastPayload
    batch.pass(batch.count - 1)
    let packet = UnsafeMutableRawBufferPointer(start: batch.pointer(at: start), count: headerLength + lastPayload)
    packet.copyMemory(from: UnsafeRawBufferPointer(rebasing: header[..<headerLength]))
    UnsafeMutableRawBufferPointer(rebasing: packet[headerLength...]).copyBytes(from: payload.prefix(lastPayload))
    if anatomy.isIPv4 { packet.put(identification, at: anatomy.network + 4) }
    if anatomy.isTCP {
      packet.put(Int(sequence >> 16), at: anatomy.transport + 4)
      packet.put(Int(sequence & 0xffff), at: anatomy.transport + 6)
    }
    Self.finish(packet, anatomy)
    identification = (identification + 1) & 0xffff
    sequence &+= UInt32(lastPayload)
  }

  private func append(_ bytes: UnsafeRawBufferPointer, to batch: inout PacketBatch) {
    self.bytes += bytes.count
    if batch.appendCopy(of: RawSpan(_unsafeBytes: bytes)) { batch.pass(batch.count - 1) }
  }

  // MARK: The last packet

  private func last(_ batch: borrowing PacketBatch) -> UnsafeMutableRawBufferPointer? {
    if batch.isEmpty { return nil }
    let index = batch.count - 1
    return UnsafeMutableRawBufferPointer(
      start: batch.pointer(at: batch.start(of: index)), count: batch.length(of: index))
  }

  private func disturb(_ batch: inout PacketBatch, where position: Int, what: UInt8) {
    guard let packet = last(batch), position < packet.count else { return }
    packet[position] ^= what
  }

  private func change(_ batch: inout PacketBatch, _ body: (UnsafeMutableRawBufferPointer, Anatomy) -> Void) {
    guard let packet = last(batch), let anatomy = Anatomy(UnsafeRawBufferPointer(packet), isFrame: isFrame) else {
      return
    }
    body(packet, anatomy)
  }

  /// Lengths and checksums.
  private static func finish(_ packet: UnsafeMutableRawBufferPointer, _ anatomy: Anatomy) {
    let (network, transport) = (anatomy.network, anatomy.transport)
    let bytes = UnsafeRawBufferPointer(packet)
    if anatomy.isIPv4 {
      packet.put(packet.count - network, at: network + 2)
      packet.put(0, at: network + 10)
      var sum = PlainSum()
      sum.add(bytes.piece(network..<transport))
      packet.put(~sum.folded, at: network + 10)
    } else {
      packet.put(packet.count - network - 40, at: network + 4)
    }
    if !anatomy.isTCP { packet.put(packet.count - transport, at: transport + 4) }
    packet.put(0, at: anatomy.checksumField)
    var sum = anatomy.pseudoSum(bytes, length: packet.count - transport)
    sum.add(bytes.piece(transport..<packet.count))
    let isUDPZero = !anatomy.isTCP && sum.folded == 0xffff
    packet.put(isUDPZero ? 0xffff : ~sum.folded, at: anatomy.checksumField)
  }

  /// Adds the checksum to the first word of the payload, so that nothing is left of it.
  private static func makeZero(_ packet: UnsafeMutableRawBufferPointer, _ anatomy: Anatomy) {
    let bytes = UnsafeRawBufferPointer(packet)
    guard packet.count >= anatomy.payload + 2 else { return }
    var sum = PlainSum()
    sum.add(bytes.number(at: anatomy.payload))
    sum.add(bytes.number(at: anatomy.checksumField))
    packet.put(sum.folded, at: anatomy.payload)
    finish(packet, anatomy)
  }

  /// The other way to write a checksum of zero.
  private static func replaceZeros(_ packet: UnsafeMutableRawBufferPointer, _ anatomy: Anatomy) {
    let bytes = UnsafeRawBufferPointer(packet)
    if anatomy.isIPv4 && bytes.number(at: anatomy.network + 10) == 0 { packet.put(0xffff, at: anatomy.network + 10) }
    if bytes.number(at: anatomy.checksumField) == 0 { packet.put(0xffff, at: anatomy.checksumField) }
  }
}
