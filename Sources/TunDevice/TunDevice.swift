import Glibc
package import LinuxSystem
import SystemPackage
package import TunnelCore

/// A tun (IP packets) or tap (Ethernet frames) device of the kernel.
package final class TunDevice: PacketDevice {
  package struct Options: Sendable {
    package var mode: DeviceMode
    package var packetInformation = PacketInformation.none
    /// Super-packets to and from the kernel, where it has them.
    package var usesOffloads = true

    package init(mode: DeviceMode) { self.mode = mode }
  }

  private let tun: TunDescriptor
  package let name: String
  package let mode: DeviceMode
  private var superPackets: SuperPacketPath?
  private let headerIsRefused: Bool
  package private(set) var failures = FailureTally()

  /// Attaches to the device `name`, or creates it (until the descriptor is closed). An empty name lets the kernel
  /// choose. Devices of one thread share a `workspace`; a lone one has its own.
  package init(
    name: String, options: Options, workspace: SuperPacketWorkspace = SuperPacketWorkspace()
  ) throws(SystemCallError) {
    // With packet information on the wire the packets are passed as they are, one by one.
    let wantsPacketInformation = options.packetInformation == .onWire && options.mode == .tun
    let wantsSuperPackets = options.usesOffloads && !wantsPacketInformation
    var flags = TunDescriptor.Flags(options.mode)
    if !wantsPacketInformation { flags.insert(.noPacketInformation) }
    let withHeader = wantsSuperPackets ? try Self.attachWithHeader(name, flags) : nil
    headerIsRefused = wantsSuperPackets && withHeader == nil
    if let withHeader {
      superPackets = SuperPacketPath(withHeader, isTap: options.mode == .tap, workspace: workspace)
      tun = withHeader
    } else {
      tun = try TunDescriptor(name: name, flags: flags)
      // A persistent device remembers what its last holder took: super-packets, which nobody cuts here.
      try? tun.setOffloads([])
    }
    self.name = tun.name
    mode = options.mode
  }

  /// The next holder of a persistent device may be a program that knows no offloads, and that does not undo them.
  deinit { try? tun.setOffloads([]) }

  /// Nil if the kernel knows no virtio header, or refuses the device for another reason that the same attempt without
  /// one will tell.
  private static func attachWithHeader(
    _ name: String, _ flags: TunDescriptor.Flags
  ) throws(SystemCallError) -> TunDescriptor? {
    do throws(SystemCallError) {
      return try TunDescriptor(name: name, flags: flags.union(.virtioHeader))
    } catch {
      if error.errno == .invalidArgument { return nil }
      throw error
    }
  }

  package var descriptor: Int32? { tun.rawValue }
  /// As many packets as are worth a call of the protocol. What is left stays in the kernel's queue.
  package var burst: Burst { Burst(packets: 256, buffers: 6) }

  package var refusals: [Refusal] {
    guard let refused = headerIsRefused ? OffloadFacts.headerName : superPackets?.refusal else { return [] }
    return [Refusal("\(name): the kernel refuses \(refused)", consequence: OffloadFacts.consequence)]
  }

  package func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    do throws(Errno) {
      if let outcome = try superPackets?.receive(into: &packets, from: tun) { return outcome }
      return try receivePlain(into: &packets)
    } catch {
      try survive(error)
      return .drained
    }
  }

  private func receivePlain(into packets: inout PacketBatch) throws(Errno) -> ReadOutcome {
    while let start = packets.roomForNext(PacketBatch.largestPacket) {
      guard let length = try tun.read(into: packets, at: start, capacity: PacketBatch.largestPacket) else {
        return .drained
      }
      packets.append(at: start, length: length)
    }
    return .more
  }

  package func send(_ packets: inout PacketBatch, _ range: Range<Int>) throws {
    var index = range.lowerBound
    while index < range.upperBound {
      guard packets.state(of: index) == .passed && packets.length(of: index) > 0 else {
        index += 1
        continue
      }
      let end = try write(&packets, index..<range.upperBound)
      index = end
    }
  }

  /// Writes the first packet of `range`, with its neighbours where that can be. Returns the slot to go on from.
  private func write(_ packets: inout PacketBatch, _ range: Range<Int>) throws -> Int {
    let index = range.lowerBound
    var end = index + 1
    do throws(Errno) {
      let written: Void? = try superPackets?.write(&packets, range, end: &end, to: tun)
      if written == nil { try tun.write(packets, index) }
    } catch {
      try survive(error)
      for slot in index..<end where packets.state(of: slot) == .passed { packets.drop(slot, .refused) }
    }
    return end
  }

  /// EIO: the interface is down. EINVAL: not a packet for this kind of device. Only EBADFD means the end.
  private func survive(_ error: Errno) throws {
    if error.rawValue == EBADFD { throw DeviceVanished(name: name, reason: "\(error)") }
    failures.count(error.rawValue)
  }
}
