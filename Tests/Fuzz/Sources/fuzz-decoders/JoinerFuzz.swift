import FuzzDriver
@testable import Offload
import TunnelCore

/// Any batch of packets. Whatever is joined comes apart into the very same packets, whatever is not is as it was, and
/// no packet is looked at more than twice.
///
///     1 byte    0x01 frames   0x02 UDP is not joined   0x04 TCP is not joined   0x08 the kernel refuses the first
///     1 byte    the most packets in one write, 1 to 129
///     letters   what is in the batch: see FlowWriter
///
/// What takes long is left to inputs of more than 50 bytes: more than 12 packets and 2000 bytes.
final class JoinerFuzz {
  private var batch = PacketBatch(byteCapacity: 9 * 65_536, slotCapacity: 1024)
  private var originals = PacketBatch(byteCapacity: 9 * 65_536, slotCapacity: 1024)
  private var joined = PacketBatch(byteCapacity: 65_536 + 512, slotCapacity: 1)
  private var pieces = PacketBatch(byteCapacity: 4 * 65_536, slotCapacity: 256)
  private let writer = FlowWriter()

  func run(_ input: UnsafeRawBufferPointer) {
    var reader = ByteReader(input)
    let mode = reader.byte()
    let most = Int(reader.byte()) % 129 + 1
    let isFrame = mode & 1 != 0
    batch.removeAll()
    writer.write(&batch, isLarge: input.count > 50, isFrame: isFrame, &reader)
    copyOriginals()
    var joiner = SuperPacketJoiner(isFrame: isFrame, joinsUDP: mode & 2 == 0, mostPackets: most)
    joiner.joinsTCP = mode & 4 == 0
    var isRefused = mode & 8 != 0
    var index = 0
    while index < batch.count {
      if isWritten(index) {
        index = write(&joiner, from: index, isRefused: &isRefused, most: most, isFrame: isFrame)
      } else {
        index += 1
      }
    }
    check(joiner.examined <= 2 * batch.count, "\(joiner.examined) looks at \(batch.count) packets")
    checkUntouched()
  }

  /// What the device does with the packet at `index` and those that can be written with it. Returns where it goes on.
  private func write(
    _ joiner: inout SuperPacketJoiner, from index: Int, isRefused: inout Bool, most: Int, isFrame: Bool
  ) -> Int {
    let run = joiner.run(in: batch, index..<batch.count)
    check(run.packets >= 1 && run.packets <= most && run.end > index && run.end <= batch.count, "\(run)")
    if run.packets == 1 { return run.end }
    if isRefused {
      _ = joiner.makeHeaders(in: &batch)
      joiner.giveUp(in: &batch)
      isRefused = false
      return index + 1
    }
    checkJoined(&joiner, index, run, isFrame: isFrame)
    return run.end
  }

  private func copyOriginals() {
    originals.removeAll()
    for index in 0..<batch.count { originals.appendCopy(of: batch.bytes(of: index)) }
    check(originals.count == batch.count, "no room for the copies")
  }

  /// Writes the super-packet as the device would, and cuts it as the kernel would.
  private func checkJoined(_ joiner: inout SuperPacketJoiner, _ first: Int, _ run: SuperPacketJoiner.Run, isFrame: Bool)
  {
    let header = joiner.makeHeaders(in: &batch)
    assemble(first, run, headersLength: joiner.headersLength)
    let whole = joined.pointers(to: 0)
    guard var cutter = try? SuperPacketCutter(RawSpan(_unsafeBytes: whole), header: header, isFrame: isFrame) else {
      fatalError("broken promise: what was joined cannot be cut")
    }
    var slot = first
    while !cutter.isDone {
      pieces.removeAll()
      cutter.cut(RawSpan(_unsafeBytes: whole), into: &pieces)
      for piece in 0..<pieces.count {
        while !isWritten(slot) { slot += 1 }
        check(pieces.pointers(to: piece).equals(originals.pointers(to: slot)), "another packet than was joined")
        slot += 1
      }
    }
    check(slot == run.end, "not all packets came out")
    // The first has the super-packet's headers now.
    batch.pointer(at: batch.start(of: first)).copyMemory(
      from: originals.pointer(at: originals.start(of: first)), byteCount: batch.length(of: first))
  }

  private func isWritten(_ slot: Int) -> Bool { batch.state(of: slot) == .passed && batch.length(of: slot) > 0 }

  /// The first packet whole, of the others the payload.
  private func assemble(_ first: Int, _ run: SuperPacketJoiner.Run, headersLength: Int) {
    joined.removeAll()
    let start = joined.headroom
    var (length, packets) = (0, 0)
    for slot in first..<run.end where isWritten(slot) {
      let bytes = batch.pointers(to: slot)
      check(bytes.count > headersLength, "a packet without a payload was joined")
      let part = bytes.piece((slot == first ? 0 : headersLength)..<bytes.count)
      check(start + length + part.count <= joined.byteCapacity, "more than a super-packet holds")
      UnsafeMutableRawBufferPointer(start: joined.pointer(at: start + length), count: part.count).copyMemory(from: part)
      (length, packets) = (length + part.count, packets + 1)
    }
    check(packets == run.packets, "\(packets) packets in a run of \(run.packets)")
    joined.append(at: start, length: length)
  }

  private func checkUntouched() {
    for index in 0..<batch.count {
      check(batch.pointers(to: index).equals(originals.pointers(to: index)), "a packet was changed")
    }
  }
}
