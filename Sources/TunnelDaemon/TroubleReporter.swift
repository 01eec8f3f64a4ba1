import Configuration
import Diagnosis
import LinuxSystem
import Logging
import SystemPackage
import TunnelCore

/// Says what the kernel refuses at either end, and what messages from the network say: each once.
final class TroubleReporter: Reporter {
  /// What the system is asked besides.
  struct Surroundings: Sendable {
    /// Whether the interface of that name is up; nil if it cannot be asked.
    var isUp: @Sendable (String) -> Bool?
    /// The interface by which packets leave for the endpoint, from that local port.
    var interface: @Sendable (Endpoint, UInt16) -> String?

    static let real = Surroundings(
      isUp: { try? NetworkInterface.isUp($0) }, interface: { Routing.interface(towards: $0, localPort: $1) })
  }

  private let settings: TunnelSettings
  /// The best MTU of the device for a path to a peer that carries so many bytes.
  private let bestMTU: (_ path: Int, _ peer: Endpoint?) -> Int
  private let surroundings: Surroundings
  private let log: LimitedLog

  private var saidOfDevice: Set<Int32> = []
  private var saidOfTransport: Set<Int32> = []
  private var saidRefusals: Set<Refusal> = []
  private var saidOfForgery = false
  private var saidOfLoop = false
  private var isDown = false
  /// Writes that failed because the device was down, until the last look.
  private var refusedWhileDown: UInt64 = 0
  private var seconds = 0

  /// Between two looks at the route, which costs a few system calls.
  private static let routeInterval = 10

  init(
    _ settings: TunnelSettings, bestMTU: @escaping (_ path: Int, _ peer: Endpoint?) -> Int,
    surroundings: Surroundings = .real, log: LimitedLog
  ) {
    self.settings = settings
    self.bestMTU = bestMTU
    self.surroundings = surroundings
    self.log = log
  }

  func look(at snapshot: TunnelSnapshot) {
    lookAtDevice(snapshot)
    lookAtTransport(snapshot)
    for end in [snapshot.transport, snapshot.device] { tell(end.refusals) }
    if seconds % Self.routeInterval == 1 { lookAtRoute(snapshot) }
    seconds += 1
  }

  private func lookAtDevice(_ snapshot: TunnelSnapshot) {
    let failures = snapshot.device.failures
    for entry in failures.entries where entry.errno != Errno.ioError.rawValue {
      if saidOfDevice.insert(entry.errno).inserted { warnOfDevice(snapshot.deviceName, entry.errno) }
    }
    let refused = failures[Errno.ioError.rawValue]
    if isDown || refused > refusedWhileDown { lookWhetherDown(snapshot.deviceName) }
    refusedWhileDown = refused
  }

  /// A device that is down only until its configuration is complete is not worth a word.
  private func lookWhetherDown(_ device: String) {
    guard let isUp = surroundings.isUp(device) else { return }
    if isUp && isDown { log.write(.notice, .trouble, "\(device) is up again") }
    if !isUp && !isDown { warnOfDevice(device, Errno.ioError.rawValue) }
    isDown = !isUp
  }

  private func warnOfDevice(_ device: String, _ errno: Int32) {
    log.write(.warning, .trouble, "\(DeviceTrouble.writing(to: device, Errno(rawValue: errno)))")
  }

  private func lookAtTransport(_ snapshot: TunnelSnapshot) {
    let peer = snapshot.peer
    for entry in snapshot.transport.failures.entries where saidOfTransport.insert(entry.errno).inserted {
      let complaint = PathTrouble.sending(
        to: peer, Errno(rawValue: entry.errno), pathMTU: snapshot.toldPathMTU,
        bestMTU: snapshot.toldPathMTU.map { bestMTU($0, peer) })
      log.write(.warning, .trouble, "\(complaint)")
    }
    if snapshot.forgedMessages > 0 && !saidOfForgery {
      saidOfForgery = true
      log.write(.notice, .trouble, "\(PathTrouble.forgedMessage(of: peer))")
    }
  }

  /// OFFLOAD=on: whoever asked for super-packets is warned where there are none.
  private func tell(_ refusals: [Refusal]) {
    let level = settings.offload == .on ? Logger.Level.warning : .notice
    for refusal in refusals where saidRefusals.insert(refusal).inserted {
      log.write(level, .trouble, "\(refusal.what)\n  \(refusal.consequence)")
    }
  }

  private func lookAtRoute(_ snapshot: TunnelSnapshot) {
    guard let peer = snapshot.peer else { return }
    let device = snapshot.deviceName
    let isLoop = surroundings.interface(peer, snapshot.local?.port ?? 0) == device
    if isLoop && !saidOfLoop {
      log.write(
        .warning, .trouble,
        "\(PathTrouble.loop(device: device, peer: peer, remote: settings.spelled("REMOTE_ADDRESS")))")
    }
    saidOfLoop = isLoop
  }
}
