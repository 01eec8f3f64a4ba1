import LinuxSystem
import Offload
import SystemPackage
import TunnelCore

/// A device that was opened with IFF_VNET_HDR: reads super-packets and cuts them, joins packets and writes them as one.
struct SuperPacketPath: ~Copyable {
  private var reader: SuperPacketReader
  private var joiner: SuperPacketJoiner
  private let workspace: SuperPacketWorkspace
  /// What the kernel would not do.
  private(set) var refusal: String?

  init(
    _ descriptor: borrowing TunDescriptor, isTap: Bool, workspace: SuperPacketWorkspace
  ) {
    self.workspace = workspace
    reader = SuperPacketReader(isFrame: isTap, buffers: workspace.buffers)
    let granted = Self.negotiate(descriptor)
    // The first vector is the virtio header's.
    joiner = SuperPacketJoiner(
      isFrame: isTap, joinsUDP: granted.contains(.udp), mostPackets: workspace.vectors.capacity - 1)
    joiner.joinsTCP = granted.contains(.tcp)
    if !granted.contains(.udp) {
      refusal = granted.contains(.tcp) ? OffloadFacts.udpName : "TCP and UDP segmentation"
    }
  }

  /// Asks for the most and takes less where that is refused.
  private static func negotiate(_ descriptor: borrowing TunDescriptor) -> TunDescriptor.Offloads {
    let less: [TunDescriptor.Offloads] = [[.checksum, .tcp, .udp], [.checksum, .tcp], [.checksum]]
    for offloads in less where (try? descriptor.setOffloads(offloads)) != nil { return offloads }
    try? descriptor.setOffloads([])
    return []
  }

  // MARK: From the kernel

  mutating func receive(
    into packets: inout PacketBatch, from descriptor: borrowing TunDescriptor
  ) throws(Errno) -> ReadOutcome {
    var failure: Errno?
    let outcome = reader.receive(into: &packets) { buffer in
      do throws(Errno) {
        return try descriptor.read(
          into: buffer.memory, at: SuperPacketBuffer.start, capacity: SuperPacketBuffer.capacity)
      } catch {
        failure = error
        return nil
      }
    }
    if let failure { throw failure }
    return outcome
  }

  // MARK: To the kernel

  /// Writes the longest run of joinable packets at the beginning of `range`. `end` becomes the slot after those that were
  /// written or refused.
  mutating func write(
    _ packets: inout PacketBatch, _ range: Range<Int>, end: inout Int, to descriptor: borrowing TunDescriptor
  ) throws(Errno) {
    let index = range.lowerBound
    let run = joiner.run(in: packets, range)
    guard run.packets > 1, fill(packets, from: index, to: run.end) else {
      return try writeAlone(packets, index, to: descriptor)
    }
    let header = joiner.makeHeaders(in: &packets)
    do throws(Errno) {
      try write(header, to: descriptor)
      end = run.end
    } catch {
      // Not the device but the super-packet: then one by one, and no more of that kind.
      guard error == .invalidArgument else {
        end = run.end
        throw error
      }
      joiner.giveUp(in: &packets)
      refusal = "a super-packet that was written"
      try writeAlone(packets, index, to: descriptor)
    }
  }

  private mutating func writeAlone(
    _ packets: borrowing PacketBatch, _ index: Int, to descriptor: borrowing TunDescriptor
  ) throws(Errno) {
    workspace.vectors.removeAll()
    _ = workspace.vectors.append(packets, start: packets.start(of: index), length: packets.length(of: index))
    try write(VirtioHeader(), to: descriptor)
  }

  /// The first packet whole, of the others only the payload. False if there are too many of them.
  private mutating func fill(_ packets: borrowing PacketBatch, from index: Int, to end: Int) -> Bool {
    workspace.vectors.removeAll()
    guard workspace.vectors.append(packets, start: packets.start(of: index), length: packets.length(of: index)) else {
      return false
    }
    let headers = joiner.headersLength
    for slot in index + 1..<end where packets.state(of: slot) == .passed && packets.length(of: slot) > 0 {
      let start = packets.start(of: slot) + headers
      guard workspace.vectors.append(packets, start: start, length: packets.length(of: slot) - headers) else {
        return false
      }
    }
    return true
  }

  private mutating func write(_ header: VirtioHeader, to descriptor: borrowing TunDescriptor) throws(Errno) {
    workspace.vectors.setHeader(header)
    try descriptor.write(workspace.vectors)
  }
}

extension VectorArray {
  fileprivate mutating func setHeader(_ header: VirtioHeader) {
    var prefix = prefix
    header.write(to: &prefix)
  }
}
