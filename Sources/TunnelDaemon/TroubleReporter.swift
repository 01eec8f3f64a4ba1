import Configuration
import Diagnosis
import LinuxSystem
import Logging
import SystemPackage
import TunDevice
import Transports
import TunnelSetup
import TunnelCore

/// Says once what the kernel refuses, however often it does. Looked at about once a second, never for a packet.
final class TroubleReporter {
  private let device: TunDevice
  private let transport: UDPTransport
  private let settings: TunnelSettings
  /// The best MTU of the device for a path MTU.
  private let bestMTU: (Int) -> Int
  private let log: LimitedLog

  private var saidOfDevice: Set<Int32> = []
  private var saidOfTransport: Set<Int32> = []
  private var saidOfForgery = false
  private var saidOfSegmentation = false
  private var saidOfOffload: String?
  private var saidOfLoop = false
  private var isDown = false
  /// Writes that failed because the device was down, until the last look.
  private var refusedWhileDown: UInt64 = 0
  private var seconds = 0

  /// Between two looks at the route, which costs a few system calls.
  private static let routeInterval = 10

  init(
    device: TunDevice, transport: UDPTransport, settings: TunnelSettings, bestMTU: @escaping (Int) -> Int,
    log: LimitedLog
  ) {
    self.device = device
    self.transport = transport
    self.settings = settings
    self.bestMTU = bestMTU
    self.log = log
  }

  func look(peer: Endpoint?) {
    lookAtDevice()
    lookAtTransport(peer)
    lookAtOffloads()
    if seconds % Self.routeInterval == 1 { lookAtRoute(peer) }
    seconds += 1
  }

  private func lookAtDevice() {
    for entry in device.failures.entries where entry.errno != Errno.ioError.rawValue {
      if saidOfDevice.insert(entry.errno).inserted { warnOfDevice(entry.errno) }
    }
    let refused = device.failures[Errno.ioError.rawValue]
    if isDown || refused > refusedWhileDown { lookWhetherDown() }
    refusedWhileDown = refused
  }

  /// A device that is down only until its configuration is complete is not worth a word.
  private func lookWhetherDown() {
    guard let isUp = try? NetworkInterface.isUp(device.name) else { return }
    if isUp && isDown { log.write(.notice, .trouble, "\(device.name) is up again") }
    if !isUp && !isDown { warnOfDevice(Errno.ioError.rawValue) }
    isDown = !isUp
  }

  private func warnOfDevice(_ errno: Int32) {
    log.write(.warning, .trouble, "\(DeviceTrouble.writing(to: device.name, Errno(rawValue: errno)))")
  }

  private func lookAtTransport(_ peer: Endpoint?) {
    for entry in transport.failures.entries where saidOfTransport.insert(entry.errno).inserted {
      let complaint = PathTrouble.sending(
        to: peer, Errno(rawValue: entry.errno), pathMTU: transport.toldPathMTU,
        bestMTU: transport.toldPathMTU.map(bestMTU))
      log.write(.warning, .trouble, "\(complaint)")
    }
    if transport.forgedMessages > 0 && !saidOfForgery {
      saidOfForgery = true
      log.write(.notice, .trouble, "\(PathTrouble.forgedMessage(of: peer))")
    }
  }

  /// OFFLOAD=on: whoever asked for super-packets is warned where there are none.
  private func lookAtOffloads() {
    let level = settings.offload == .on ? Logger.Level.warning : .notice
    if !saidOfSegmentation, let refusal = transport.segmentationRefusal {
      saidOfSegmentation = true
      let howLong = refusal == .ioError ? "from now on" : "until the path takes them together again"
      log.write(
        level, .trouble,
        "UDP_SEGMENT: \(refusal.description)\n  Datagrams leave one by one \(howLong), which is slower.")
    }
    if let refusal = device.offloadRefusal, refusal != saidOfOffload {
      saidOfOffload = refusal
      log.write(
        level, .trouble,
        "\(device.name): the kernel refuses \(refusal)\n  Such packets pass one by one, which is slower.")
    }
  }

  private func lookAtRoute(_ peer: Endpoint?) {
    guard let peer else { return }
    let isLoop = Routing.interface(towards: peer, localPort: transport.localEndpoint?.port ?? 0) == device.name
    if isLoop && !saidOfLoop {
      log.write(
        .warning, .trouble,
        "\(PathTrouble.loop(device: device.name, peer: peer, remote: settings.spelled("REMOTE_ADDRESS")))")
    }
    saidOfLoop = isLoop
  }
}
