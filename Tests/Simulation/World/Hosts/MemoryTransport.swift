import TunnelCore

/// The socket of one side, on the network of the world.
final class MemoryTransport: DatagramTransport {
  struct Arrival {
    var bytes: [UInt8]
    var from: Endpoint
  }

  let burst = Burst(packets: 64, buffers: 2)
  let failures = FailureTally()
  let localEndpoint: Endpoint?
  /// How many datagrams one read brings.
  private let atOnce: Int
  var waiting: [Arrival] = []
  /// What a router on the path said last of how much it carries: what is longer leaves in pieces.
  var toldPathMTU: Int?
  /// Called with what is read at once, before it is looked at.
  var onRead: ([Arrival]) -> Void = { _ in }
  /// Called with each datagram that leaves, and its place in its batch.
  var onSend: (_ bytes: [UInt8], _ to: Endpoint, _ index: Int) -> Void = { _, _, _ in }
  /// Called after each batch.
  var onBatchSent: () -> Void = {}

  /// Datagrams of full size that a socket's buffer holds, as Linux has it without further ado (212 KB).
  private static let bufferedDatagrams = 90

  init(_ endpoint: Endpoint, atOnce: Int) { (localEndpoint, self.atOnce) = (endpoint, atOnce) }

  func arrive(_ bytes: [UInt8], from endpoint: Endpoint) {
    if waiting.count < Self.bufferedDatagrams { waiting.append(Arrival(bytes: bytes, from: endpoint)) }
  }

  func receive(into datagrams: inout PacketBatch) throws -> ReadOutcome {
    var taken = 0
    while taken < min(atOnce, waiting.count), datagrams.append(copyOf: waiting[taken].bytes, from: waiting[taken].from)
    {
      taken += 1
    }
    onRead(Array(waiting[..<taken]))
    waiting.removeFirst(taken)
    return waiting.isEmpty ? .drained : .more
  }

  func send(_ datagrams: inout PacketBatch, from index: Int) throws -> Int {
    for position in index..<datagrams.count where datagrams.state(of: position) == .passed {
      onSend(datagrams.copy(of: position), datagrams.endpoint(of: position), position)
    }
    onBatchSent()
    return datagrams.count
  }

  func headerBytes(towards endpoint: Endpoint?) -> Int { UDPHeaders.byteCount(towards: endpoint) }
}
