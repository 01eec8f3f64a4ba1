import LinuxSystem
import Offload
import SystemPackage
import TunnelCore

/// Which offloads a device is asked for. Each can be refused; a test can ask for less, as a kernel without them would
/// give.
package enum OffloadRequest: Sendable, Equatable {
  case none
  case checksumOnly
  case tcp
  case all
}

/// A device that was opened with IFF_VNET_HDR: reads super-packets and cuts them, joins packets and writes them as one.
struct SuperPacketPath: ~Copyable {
  private var cutter: SuperPacketCutter?
  private var joiner: SuperPacketJoiner
  private let isTap: Bool
  /// One read: the virtio header in the headroom, then the packet.
  private var scratch = PacketBatch(byteCapacity: longestFrame + 64, slotCapacity: 1)
  private var vectors = VectorArray(capacity: 130, prefixByteCount: VirtioHeader.byteCount)
  /// IP's 64 KiB behind an Ethernet header with its tags.
  private static let longestFrame = PacketBatch.largestPacket + 64
  /// What the kernel would not do.
  private(set) var refusal: String?

  init(_ descriptor: borrowing TunDescriptor, isTap: Bool, request: OffloadRequest) {
    self.isTap = isTap
    let granted = Self.negotiate(descriptor, request)
    // The first vector is the virtio header's.
    joiner = SuperPacketJoiner(
      isFrame: isTap, joinsUDP: granted.contains(.udp), mostPackets: vectors.capacity - 1)
    joiner.joinsTCP = granted.contains(.tcp)
    if request == .all && !granted.contains(.udp) {
      refusal = granted.contains(.tcp) ? "UDP segmentation (Linux 6.2)" : "TCP and UDP segmentation"
    }
  }

  /// Asks for the most and takes less where that is refused.
  private static func negotiate(
    _ descriptor: borrowing TunDescriptor, _ request: OffloadRequest
  ) -> TunDescriptor.Offloads {
    var wishes: [TunDescriptor.Offloads] = [[.checksum, .tcp, .udp], [.checksum, .tcp], [.checksum], []]
    switch request {
    case .all: break
    case .tcp: wishes.removeFirst()
    case .checksumOnly: wishes.removeFirst(2)
    case .none: wishes.removeFirst(3)
    }
    for wish in wishes where (try? descriptor.setOffloads(wish)) != nil { return wish }
    return []
  }

  // MARK: From the kernel

  mutating func receive(
    into packets: inout PacketBatch, from descriptor: borrowing TunDescriptor
  ) throws(Errno) -> ReadOutcome {
    while true {
      if !goOnCutting(into: &packets) { return .more }
      // A packet that is not to be cut must find room.
      if packets.roomForNext(Self.longestFrame) == nil { return .more }
      scratch.removeAll()
      let packet = scratch.headroom
      let header = packet - VirtioHeader.byteCount
      guard
        let length = try descriptor.read(
          into: scratch, at: header, capacity: VirtioHeader.byteCount + Self.longestFrame)
      else { return .drained }
      guard length >= VirtioHeader.byteCount else { continue }
      scratch.append(at: packet, length: length - VirtioHeader.byteCount)
      if !take(into: &packets) { packets.appendDropped(.malformed) }
    }
  }

  /// Deals with the packet in `scratch`: a super-packet is cut as far as there is room, another one copied. False if
  /// its headers contradict each other, as those of a neighbour on a bridge may.
  private mutating func take(into packets: inout PacketBatch) -> Bool {
    guard let header = VirtioHeader(scratch.bytes(of: 0, room: VirtioHeader.byteCount)) else { return false }
    if case .none = header.segmentation { return copy(header, into: &packets) }
    cutter = try? SuperPacketCutter(scratch.bytes(of: 0), header: header, isFrame: isTap)
    if cutter == nil { return false }
    _ = goOnCutting(into: &packets)
    return true
  }

  private mutating func copy(_ header: VirtioHeader, into packets: inout PacketBatch) -> Bool {
    if header.needsChecksum {
      var span = scratch[0]
      guard (try? SuperPacketCutter.completeChecksum(&span, header: header)) != nil else { return false }
    }
    return packets.appendCopy(of: scratch.bytes(of: 0))
  }

  /// False if the batch is full before the super-packet is used up.
  private mutating func goOnCutting(into packets: inout PacketBatch) -> Bool {
    guard var current = cutter else { return true }
    current.cut(scratch.bytes(of: 0), into: &packets)
    cutter = current.isDone ? nil : current
    return current.isDone
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
    vectors.removeAll()
    _ = vectors.append(packets, start: packets.start(of: index), length: packets.length(of: index))
    try write(VirtioHeader(), to: descriptor)
  }

  /// The first packet whole, of the others only the payload. False if there are too many of them.
  private mutating func fill(_ packets: borrowing PacketBatch, from index: Int, to end: Int) -> Bool {
    vectors.removeAll()
    guard vectors.append(packets, start: packets.start(of: index), length: packets.length(of: index)) else {
      return false
    }
    let headers = joiner.headersLength
    for slot in index + 1..<end where packets.state(of: slot) == .passed && packets.length(of: slot) > 0 {
      let start = packets.start(of: slot) + headers
      guard vectors.append(packets, start: start, length: packets.length(of: slot) - headers) else { return false }
    }
    return true
  }

  private mutating func write(_ header: VirtioHeader, to descriptor: borrowing TunDescriptor) throws(Errno) {
    var prefix = vectors.prefix
    header.write(to: &prefix)
    try descriptor.write(vectors)
  }
}
