import Glibc
import LinuxSystem
import Logging
import SystemPackage
import TunDevice
import Transports
import TunnelCore

/// Says once what the kernel refuses, however often it does. Looked at about once a second, never for a packet.
final class TroubleReporter {
  private let device: TunDevice
  private let transport: UDPTransport
  private let peer: () -> Endpoint?
  private let log: Logger
  private var saidOfDevice: Set<Int32> = []
  private var saidOfTransport: Set<Int32> = []
  private var saidOfSegmentation = false
  private var saidOfOffload: String?
  /// OFFLOAD=on: whoever asked for super-packets is warned where there are none.
  private let offloadLevel: Logger.Level

  init(
    device: TunDevice, transport: UDPTransport, wantsOffload: Bool, peer: @escaping () -> Endpoint?, log: Logger
  ) {
    self.device = device
    offloadLevel = wantsOffload ? .warning : .notice
    self.transport = transport
    self.peer = peer
    self.log = log
  }

  func look() {
    for entry in device.failures.entries where saidOfDevice.insert(entry.errno).inserted {
      log.warning("\(Self.device(entry.errno, device.name))")
    }
    for entry in transport.failures.entries where saidOfTransport.insert(entry.errno).inserted {
      log.warning("\(Self.transport(entry.errno, peer()?.text ?? "the peer"))")
    }
    if !saidOfSegmentation, let refusal = transport.segmentationRefusal {
      saidOfSegmentation = true
      log.log(
        level: offloadLevel,
        "UDP_SEGMENT: \(refusal.description)\n  Datagrams leave one by one from now on, which is slower.")
    }
    if let refusal = device.offloadRefusal, refusal != saidOfOffload {
      saidOfOffload = refusal
      log.log(
        level: offloadLevel,
        "\(device.name): the kernel refuses \(refusal)\n  Such packets pass one by one, which is slower.")
    }
  }

  private static func device(_ errno: Int32, _ name: String) -> String {
    let words = "write \(name): \(Errno(rawValue: errno))"
    switch errno {
    case EIO: return "\(words)\n  The interface is down: what arrives is dropped.\n  ip link set \(name) up"
    case EINVAL:
      return "\(words)\n  What arrives is no packet for this device: the peers differ in TUN_MODE or USE_PI."
    default: return words
    }
  }

  private static func transport(_ errno: Int32, _ peer: String) -> String {
    let words = "UDP to \(peer): \(Errno(rawValue: errno))"
    switch errno {
    case ECONNREFUSED: return "\(words)\n  The peer is not listening yet. Going on."
    case EMSGSIZE:
      return "\(words)\n  Datagrams are too long for the path: they are sent in fragments or lost.\n  Set MTU=auto."
    default: return "\(words)\n  Going on."
    }
  }
}
