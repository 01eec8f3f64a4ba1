package import TunnelCore

/// Takes in what a device gives that was opened with IFF_VNET_HDR: cuts super-packets, copies other packets.
package struct SuperPacketReader: ~Copyable {
  private let isFrame: Bool
  private let buffers: SuperPacketBuffers
  /// A super-packet of which a full batch took only a part, and where it lies.
  private var cutter: SuperPacketCutter?
  private var held: SuperPacketBuffer?

  /// `isFrame`: for a tap device, which gives Ethernet frames.
  package init(isFrame: Bool, buffers: SuperPacketBuffers) {
    self.isFrame = isFrame
    self.buffers = buffers
  }

  /// Whether it has a buffer between two calls.
  var holdsBuffer: Bool { held != nil }

  /// Calls `read` until the batch is full or `read` returns nil, since nothing waits. It returns how many bytes it has
  /// put into the buffer.
  package mutating func receive(into packets: inout PacketBatch, read: (SuperPacketBuffer) -> Int?) -> ReadOutcome {
    let buffer = held ?? buffers.take()
    let outcome = receive(by: buffer, into: &packets, read: read)
    held = cutter == nil ? nil : buffer
    if held == nil { buffers.giveBack(buffer) }
    return outcome
  }

  private mutating func receive(
    by buffer: SuperPacketBuffer, into packets: inout PacketBatch, read: (SuperPacketBuffer) -> Int?
  ) -> ReadOutcome {
    while true {
      if !goOnCutting(buffer.memory, into: &packets) { return .more }
      // A packet that is not to be cut must find room.
      if packets.roomForNext(SuperPacketBuffer.longestFrame) == nil { return .more }
      guard let length = read(buffer) else { return .drained }
      guard length >= VirtioHeader.byteCount else { continue }
      if !take(&buffer.memory, length, into: &packets) { packets.appendDropped(.malformed) }
    }
  }

  /// Deals with what was read: a super-packet is cut as far as there is room, another packet copied. False if its
  /// headers contradict each other, as those of a neighbour on a bridge may.
  private mutating func take(_ memory: inout PacketBatch, _ length: Int, into packets: inout PacketBatch) -> Bool {
    memory.removeAll()
    memory.append(at: memory.headroom, length: length - VirtioHeader.byteCount)
    guard let header = VirtioHeader(memory.bytes(of: 0, room: VirtioHeader.byteCount)) else { return false }
    if case .none = header.segmentation { return Self.copy(&memory, header, into: &packets) }
    cutter = try? SuperPacketCutter(memory.bytes(of: 0), header: header, isFrame: isFrame)
    if cutter == nil { return false }
    _ = goOnCutting(memory, into: &packets)
    return true
  }

  private static func copy(
    _ memory: inout PacketBatch, _ header: VirtioHeader, into packets: inout PacketBatch
  ) -> Bool {
    if header.needsChecksum {
      var span = memory[0]
      guard (try? SuperPacketCutter.completeChecksum(&span, header: header)) != nil else { return false }
    }
    return packets.appendCopy(of: memory.bytes(of: 0))
  }

  /// False if the batch is full before the super-packet is used up.
  private mutating func goOnCutting(_ memory: borrowing PacketBatch, into packets: inout PacketBatch) -> Bool {
    guard var current = cutter else { return true }
    current.cut(memory.bytes(of: 0), into: &packets)
    cutter = current.isDone ? nil : current
    return current.isDone
  }
}
