import Testing
import TunnelCore

@testable import Offload

/// A device of a test's: what its reads bring.
private struct Device: ~Copyable {
  var reader: SuperPacketReader
  /// What has not been read yet, each a virtio header and a packet.
  var waiting: [[UInt8]] = []
  var received: [[UInt8]] = []
  var buffersSeen: Set<ObjectIdentifier> = []

  init(_ buffers: SuperPacketBuffers) { reader = SuperPacketReader(isFrame: false, buffers: buffers) }

  mutating func add(_ packet: PlainPacket, segmentSize: Int) {
    var bytes = [UInt8](repeating: 0, count: VirtioHeader.byteCount)
    var elements = bytes.mutableSpan
    var span = elements.mutableBytes
    packet.virtioHeader(segmentSize: segmentSize).write(to: &span)
    waiting.append(bytes + packet.unfinishedBytes)
  }

  /// One call, into a batch of so many slots.
  mutating func receive(slots: Int) -> ReadOutcome {
    var batch = PacketBatch(byteCapacity: 200_000, slotCapacity: slots)
    var (waiting, seen) = (waiting, buffersSeen)
    let outcome = reader.receive(into: &batch) { buffer in
      seen.insert(ObjectIdentifier(buffer))
      guard !waiting.isEmpty else { return nil }
      let bytes = waiting.removeFirst()
      let target = UnsafeMutableRawBufferPointer(
        start: buffer.memory.pointer(at: SuperPacketBuffer.start), count: SuperPacketBuffer.capacity)
      target.copyBytes(from: bytes)
      return bytes.count
    }
    (self.waiting, buffersSeen) = (waiting, seen)
    for index in 0..<batch.count { received.append(batch.array(index)) }
    return outcome
  }
}

@Suite("Devices share buffers")
struct SharedBufferTests {
  private let buffers = SuperPacketBuffers()

  private func packet(filledWith byte: UInt8, bytes: Int = 10_000) -> PlainPacket {
    var packet = PlainPacket()
    packet.payload = [UInt8](repeating: byte, count: bytes)
    return packet
  }

  @Test("an idle device has none: one buffer serves a thousand devices in turn")
  func idle() {
    var seen: Set<ObjectIdentifier> = []
    for _ in 0..<1000 {
      var device = Device(buffers)
      device.add(packet(filledWith: 1), segmentSize: 1000)
      #expect(device.receive(slots: 256) == .drained)
      #expect(device.received.count == 10 && !device.reader.holdsBuffer)
      seen.formUnion(device.buffersSeen)
    }
    #expect(seen.count == 1 && buffers.spare.count == 1)
  }

  @Test("two devices with unfinished super-packets, in turn: each keeps its own until it is cut up")
  func interleaved() {
    var one = Device(buffers)
    var other = Device(buffers)
    let packets = [packet(filledWith: 1), packet(filledWith: 2)]
    one.add(packets[0], segmentSize: 1000)
    other.add(packets[1], segmentSize: 1000)
    for round in 0..<4 {
      #expect(one.receive(slots: 3) == (round < 3 ? .more : .drained))
      #expect(other.receive(slots: 3) == (round < 3 ? .more : .drained))
      #expect(one.reader.holdsBuffer == (round < 3) && other.reader.holdsBuffer == (round < 3))
    }
    #expect(one.received == packets[0].cut(segmentSize: 1000).map(\.bytes))
    #expect(other.received == packets[1].cut(segmentSize: 1000).map(\.bytes))
    #expect(buffers.spare.count == 2)
  }

  @Test("a super-packet that ends with its batch gives its buffer back at once, and what follows is whole")
  func exactly() {
    var device = Device(buffers)
    for byte: UInt8 in 1...3 { device.add(packet(filledWith: byte), segmentSize: 1000) }
    #expect(device.receive(slots: 10) == .more)
    #expect(!device.reader.holdsBuffer && buffers.spare.count == 1)
    #expect(device.receive(slots: 15) == .more)
    #expect(device.reader.holdsBuffer && buffers.spare.isEmpty)
    #expect(device.receive(slots: 15) == .drained)
    #expect(device.received == (1...3).flatMap { packet(filledWith: $0).cut(segmentSize: 1000).map(\.bytes) })
    #expect(buffers.spare.count == 1)
  }

  @Test("what contradicts itself, or is too short for a header, leaves no buffer behind")
  func malformed() {
    var device = Device(buffers)
    var broken = packet(filledWith: 1)
    broken.ipOptions = [7, 7, 4, 0]
    device.add(broken, segmentSize: 1000)
    device.waiting[0][10] = 0x45  // an IP header that ends elsewhere than the virtio header says
    device.waiting.append([0, 0, 0])
    #expect(device.receive(slots: 10) == .drained)
    #expect(device.received == [[]] && !device.reader.holdsBuffer && buffers.spare.count == 1)
  }
}
