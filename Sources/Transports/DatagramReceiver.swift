import LinuxSystem
import SystemPackage
import TunnelCore

/// Reads what one call of recvmmsg(2) brings into a batch: several super-datagrams, each in a buffer of the largest size,
/// each perhaps of many datagrams (udp(7), UDP_GRO).
struct DatagramReceiver: ~Copyable {
  private let messages = MessageArray(messageCapacity: buffers, vectorCapacity: buffers)
  private var backlog = ReceiveBacklog()

  /// How many super-datagrams one call may bring.
  private static let buffers = 8
  /// 128 datagrams in each (UDP_MAX_SEGMENTS; 64 in older kernels).
  static let burst = Burst(packets: 128 * buffers, buffers: buffers)

  /// Whether the last call brought more than the batch had slots for.
  var hasBacklog: Bool { !backlog.isEmpty }

  /// Appends what the last call brought too much of.
  mutating func takeBacklog(into datagrams: inout PacketBatch) { backlog.move(into: &datagrams) }

  /// Appends what one call of `receive` brings, which tells how many messages came, or nil if none waits.
  mutating func receive(
    into datagrams: inout PacketBatch,
    _ receive: (_ messages: borrowing MessageArray, _ buffers: Int) -> Int?
  ) -> ReadOutcome {
    let buffers = prepareBuffers(in: datagrams)
    let base = datagrams.roomForNext(0) ?? 0
    guard buffers > 0, let count = receive(messages, buffers) else { return .drained }
    for index in 0..<count {
      guard let message = messages.received(index) else { continue }
      append(message, at: base + index * Self.stride(datagrams), to: &datagrams)
    }
    return count == buffers || hasBacklog ? .more : .drained
  }

  private static func stride(_ datagrams: borrowing PacketBatch) -> Int {
    datagrams.headroom + PacketBatch.largestPacket
  }

  /// Points the messages at as many full-sized buffers as the batch has room for.
  private func prepareBuffers(in datagrams: borrowing PacketBatch) -> Int {
    guard let base = datagrams.roomForNext(0) else { return 0 }
    let stride = Self.stride(datagrams)
    let count = min(Self.buffers, (datagrams.byteCapacity - base + datagrams.headroom) / stride)
    for index in 0..<count {
      messages.setVector(index, datagrams, start: base + index * stride, length: PacketBatch.largestPacket)
      messages.prepareToReceive(index)
    }
    return count
  }

  /// One slot for each datagram of a message; those that find none wait for the next batch.
  private mutating func append(_ message: MessageArray.Received, at start: Int, to datagrams: inout PacketBatch) {
    let size = message.segmentSize > 0 ? message.segmentSize : max(message.length, 1)
    var offset = 0
    repeat {
      let length = min(size, message.length - offset)
      if datagrams.count < datagrams.slotCapacity {
        datagrams.append(at: start + offset, length: length, endpoint: message.source)
      } else {
        backlog.keep(datagrams, start: start + offset, length: length, source: message.source)
      }
      offset += size
    } while offset < message.length
  }
}
