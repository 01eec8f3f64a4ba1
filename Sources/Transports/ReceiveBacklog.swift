import TunnelCore

/// Datagrams that came in one call with more than a batch has slots for: they are the first of the next batch.
///
/// A batch that is made for the transport's burst has a slot for all that one call brings from kernels as they are. So
/// this is empty unless a kernel joins more; then it allocates.
struct ReceiveBacklog {
  private var datagrams: [(bytes: [UInt8], source: Endpoint)] = []

  var isEmpty: Bool { datagrams.isEmpty }

  /// Keeps a copy of `length` bytes at `start` of a batch's memory.
  mutating func keep(_ batch: borrowing PacketBatch, start: Int, length: Int, source: Endpoint) {
    precondition(length >= 0 && start + length <= batch.byteCapacity)
    let bytes = unsafe UnsafeRawBufferPointer(start: batch.pointer(at: start), count: length)
    datagrams.append((unsafe Array(bytes), source))
  }

  /// Appends as many as `batch` has room for, in their order.
  mutating func move(into batch: inout PacketBatch) {
    let rest = datagrams.drop { batch.appendCopy(of: unsafe $0.bytes.span.bytes, from: $0.source) }
    datagrams = Array(rest)
  }
}
