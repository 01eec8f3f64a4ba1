import Diagnosis
import TunnelCore

/// A device that has one empty packet to send, and looks at what it gets instead of keeping it.
final class ProbeDevice: PacketDevice {
  let name = "probe"
  let burst = Burst(packets: 64, buffers: 1)
  private var isSent = false
  let failures = FailureTally()
  /// Of the first packet that could be told.
  private(set) var shape = InnerPacket.Shape.unknown

  func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    if !isSent, let start = packets.roomForNext(0) { packets.append(at: start, length: 0) }
    isSent = true
    return .drained
  }

  func send(_ packets: inout PacketBatch, _ range: Range<Int>) throws {
    for index in range where shape == .unknown && packets.state(of: index) == .passed {
      shape = unsafe InnerPacket.shape(of: packets.copy(of: index).span.bytes)
    }
  }
}
