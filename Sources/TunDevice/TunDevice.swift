import Glibc
package import LinuxSystem
package import SystemPackage
package import TunnelCore

/// The relay's near end: a tun (IP packets) or tap (Ethernet frames) device of the kernel.
package final class TunDevice: PacketDevice {
  package enum Mode: Sendable { case tun, tap }

  /// USE_PI: the 4 bytes of flags and EtherType that a tun device can put before each packet.
  package enum PacketInformation: Int, Sendable {
    case none = 0
    case onWire = 1
    /// Only ever seen between the kernel and us: the same on the wire as none, so the device is opened without.
    case onDevice = 2
  }

  package struct Options: Sendable {
    package var mode: Mode
    package var packetInformation = PacketInformation.none
    package var offload = OffloadRequest.all

    package init(mode: Mode) { self.mode = mode }
  }

  /// The device is gone: somebody deleted it.
  package struct Vanished: Error, CustomStringConvertible {
    package let name: String
    package let errno: Errno
    package var description: String { "\(name): \(errno)" }
  }

  private let descriptor: TunDescriptor
  package let name: String
  package let mode: Mode
  private var superPackets: SuperPacketPath?
  private let headerIsRefused: Bool
  package private(set) var failures = FailureTally()

  /// Attaches to the device `name`, or creates it (until the descriptor is closed). An empty name lets the kernel
  /// choose. Devices of one thread may share a `workspace`.
  package init(
    name: String, options: Options, workspace: SuperPacketWorkspace = SuperPacketWorkspace()
  ) throws(SystemCallError) {
    // With packet information on the wire the packets are passed as they are, one by one.
    let wantsPacketInformation = options.packetInformation == .onWire && options.mode == .tun
    let wantsSuperPackets = options.offload != .none && !wantsPacketInformation
    var flags: TunDescriptor.Flags = options.mode == .tun ? .tun : .tap
    if !wantsPacketInformation { flags.insert(.noPacketInformation) }
    let withHeader = wantsSuperPackets ? try Self.attachWithHeader(name, flags) : nil
    headerIsRefused = wantsSuperPackets && withHeader == nil
    if let withHeader {
      superPackets = SuperPacketPath(
        withHeader, isTap: options.mode == .tap, request: options.offload, workspace: workspace)
      descriptor = withHeader
    } else {
      descriptor = try TunDescriptor(name: name, flags: flags)
      // A persistent device remembers what its last holder took: super-packets, which nobody cuts here.
      try? descriptor.setOffloads([])
    }
    self.name = descriptor.name
    mode = options.mode
  }

  /// The next holder of a persistent device may be a program that knows no offloads, and that does not undo them.
  deinit { try? descriptor.setOffloads([]) }

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

  package var pollDescriptor: Int32 { descriptor.rawValue }
  /// What the kernel refused of the super-packets that were asked for, in words; nil if nothing.
  package var offloadRefusal: String? { headerIsRefused ? "IFF_VNET_HDR" : superPackets?.refusal }

  package func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    do throws(Errno) {
      if let outcome = try superPackets?.receive(into: &packets, from: descriptor) { return outcome }
      return try receivePlain(into: &packets)
    } catch {
      try survive(error)
      return .drained
    }
  }

  private func receivePlain(into packets: inout PacketBatch) throws(Errno) -> ReadOutcome {
    while let start = packets.roomForNext(PacketBatch.largestPacket) {
      guard let length = try descriptor.read(into: packets, at: start, capacity: PacketBatch.largestPacket) else {
        return .drained
      }
      packets.append(at: start, length: length)
    }
    return .more
  }

  package func send(_ packets: inout PacketBatch) throws {
    var index = 0
    while index < packets.count {
      guard packets.state(of: index) == .passed && packets.length(of: index) > 0 else {
        index += 1
        continue
      }
      let end = try write(&packets, from: index)
      index = end
    }
  }

  /// Writes the packet in slot `index`, with its neighbours where that can be. Returns the slot to go on from.
  private func write(_ packets: inout PacketBatch, from index: Int) throws -> Int {
    var end = index + 1
    do throws(Errno) {
      let written: Void? = try superPackets?.write(&packets, from: index, end: &end, to: descriptor)
      if written == nil { try descriptor.write(packets, index) }
    } catch {
      try survive(error)
      for slot in index..<end where packets.state(of: slot) == .passed { packets.drop(slot, .refused) }
    }
    return end
  }

  /// EIO: the interface is down. EINVAL: not a packet for this kind of device. Only EBADFD means the end.
  private func survive(_ error: Errno) throws {
    if error.rawValue == EBADFD { throw Vanished(name: name, errno: error) }
    failures.count(error.rawValue)
  }
}
