import TunnelCore

/// The device of one side: packets of its applications, and what comes out of the tunnel.
final class MemoryDevice: PacketDevice {
  let name = "qt0"
  let burst = Burst(packets: 64, buffers: 2)
  let failures = FailureTally()
  var waiting: [[UInt8]] = []
  /// Called with each packet that comes out.
  var onDelivery: ([UInt8]) -> Void = { _ in }
  /// Called with those that were read at once, which leave in this order.
  var onRead: ([[UInt8]]) -> Void = { _ in }

  func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    var taken = 0
    while taken < waiting.count, packets.append(copyOf: waiting[taken]) { taken += 1 }
    onRead(Array(waiting[..<taken]))
    waiting.removeFirst(taken)
    return waiting.isEmpty ? .drained : .more
  }

  func send(_ packets: inout PacketBatch, _ range: Range<Int>) throws {
    for index in range where packets.state(of: index) == .passed && packets.length(of: index) > 0 {
      onDelivery(packets.copy(of: index))
    }
  }
}

extension PacketBatch {
  /// Adds a pending slot with a copy of `bytes`. False if the batch is full.
  mutating func append(copyOf bytes: [UInt8], from endpoint: Endpoint = .unspecified) -> Bool {
    appendCopy(of: bytes.span.bytes, from: endpoint)
  }
}
