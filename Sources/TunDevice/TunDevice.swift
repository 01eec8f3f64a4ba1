import Glibc
package import LinuxSystem
package import SystemPackage
package import TunnelCore

/// The relay's near end: a tun (IP packets) or tap (Ethernet frames) device of the kernel.
package final class TunDevice: PacketDevice {
  package enum Mode: Sendable { case tun, tap }

  /// USE_PI. In mode `onDevice` the header would only ever be seen between the kernel and us: it is the same on the
  /// wire as none at all, so the device is opened without it.
  package enum PacketInformation: Int, Sendable {
    case none = 0
    case onWire = 1
    case onDevice = 2
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
  package private(set) var failures = FailureTally()

  /// Attaches to the device `name`, or creates it (until the descriptor is closed). An empty name lets the kernel
  /// choose.
  package init(name: String, mode: Mode, packetInformation: PacketInformation) throws(SystemCallError) {
    var flags: TunDescriptor.Flags = mode == .tun ? .tun : .tap
    if packetInformation != .onWire || mode == .tap { flags.insert(.noPacketInformation) }
    descriptor = try TunDescriptor(name: name, flags: flags)
    self.name = descriptor.name
    self.mode = mode
  }

  package var pollDescriptor: Int32 { descriptor.rawValue }

  package func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    while let start = packets.roomForNext(PacketBatch.largestPacket) {
      do throws(Errno) {
        guard let length = try descriptor.read(into: packets, at: start, capacity: PacketBatch.largestPacket) else {
          return .drained
        }
        packets.append(at: start, length: length)
      } catch {
        try survive(error)
        return .drained
      }
    }
    return .more
  }

  package func send(_ packets: inout PacketBatch) throws {
    for index in 0..<packets.count where packets.state(of: index) == .passed && packets.length(of: index) > 0 {
      do throws(Errno) {
        try descriptor.write(packets, index)
      } catch {
        try survive(error)
        packets.drop(index, .refused)
      }
    }
  }

  /// EIO: the interface is down. EINVAL: not a packet for this kind of device. Only EBADFD means the end.
  private func survive(_ error: Errno) throws {
    if error.rawValue == EBADFD { throw Vanished(name: name, errno: error) }
    failures.count(error.rawValue)
  }
}
