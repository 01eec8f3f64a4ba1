package import Configuration
import Diagnosis
import Glibc
import LinuxSystem
import Logging
package import ProtocolKit
import SystemPackage
import TunnelSetup
import TunnelCore

/// Calls the peer with the settings of a tunnel, without a device: an authenticated empty packet, and what the protocol
/// itself has to say. Every quicktun takes an empty packet for a keepalive.
package struct PeerProbe {
  private let settings: TunnelSettings
  private let protocols: [ProtocolDescription]
  private let environment: [String]

  /// Seconds to wait for an answer.
  private static let patience = 3
  private static let patienceNanoseconds = UInt64(patience) * 1_000_000_000
  /// How long to wait for a packet once there is an answer: what is in it tells what the peer's device takes.
  private static let packetNanoseconds: UInt64 = 1_000_000_000

  /// `environment` has entries "NAME=value".
  package init(_ settings: TunnelSettings, _ protocols: [ProtocolDescription], environment: [String]) {
    self.settings = settings
    self.protocols = protocols
    self.environment = environment
  }

  package func findings() -> [Finding] {
    do {
      return [try call()]
    } catch let complaint as Complaint {
      return [Finding("peer", .problem, complaint)]
    } catch {
      return [Finding("peer", .problem, "\(error)")]
    }
  }

  private func call() throws -> Finding {
    guard let description = protocols.named(settings.protocolName) else {
      return Finding("peer", .problem, "PROTOCOL is not known")
    }
    let local = try SocketSetup.local(settings)
    guard let peer = try SocketSetup.peer(settings, local: local) else {
      return Finding("peer", .warning, "Not called: REMOTE_ADDRESS is not set, so this side waits for the other")
    }
    let clock = SystemClock()
    let transport = try TransportSetup.open(settings, local: local, peer: peer)
    let device = ProbeDevice()
    // The call is numbered like a tunnel's datagrams, under the same keys.
    let silent = Logger(label: "check") { _ in SwiftLogNoOpLogHandler() }
    let wireFormat = try settings.makeProtocol(description, environment: environment, at: clock.now(), silent)
    let sampler = DatagramSampler(wireFormat.opener)
    sampler.wantsSample = true
    let session = Session(
      .init(sealer: wireFormat.sealer, opener: sampler), peer: peer, isFloating: settings.remoteFloat)
    let relay = Relay(Link(session, device: device, transport: transport), clock: clock)
    if let milliseconds = try waitForAnswer(relay, device, clock) {
      return answer(peer, description, device, milliseconds)
    }
    if let complaint = explanation(sampler, description, peer, at: clock.now()) {
      return Finding("peer", .problem, complaint)
    }
    if let failure = transport.failures.entries.first {
      return Finding("peer", .problem, PathTrouble.sending(to: peer, Errno(rawValue: failure.errno)))
    }
    return CheckRules.silence(peer, description, seconds: Self.patience)
  }

  /// Why what came was not taken, if something came.
  private func explanation(
    _ sampler: DatagramSampler, _ description: ProtocolDescription, _ peer: Endpoint, at now: Moment
  ) -> Complaint? {
    sampler.takeSample().flatMap {
      DatagramDiagnosis(description, all: protocols, settings.protocolParameters(start: now))
        .explain($0, peer: peer, at: now)
    }
  }

  private func answer(
    _ peer: Endpoint, _ description: ProtocolDescription, _ device: ProbeDevice, _ milliseconds: Int
  ) -> Finding {
    let expected = DeviceSetup.packetShape(settings)
    if let complaint = InnerPacket.complaint(device.shape, expected: expected, device: settings.interface ?? "here") {
      return Finding("peer", .problem, complaint)
    }
    let fits = device.shape == .unknown ? "" : ", and its packets are such as this side takes"
    if description.needsKeys {
      return Finding("peer", .ok, "\(peer.text) answers after \(milliseconds) ms, with the right key\(fits)")
    }
    return Finding(
      "peer", .ok, "Something at \(peer.text) answers after \(milliseconds) ms\(fits)",
      why: "\(description.name) has no key, so who it is cannot be known.")
  }

  /// Milliseconds until the first authentic datagram came, and for a packet a while longer. Nil if none came.
  private func waitForAnswer(
    _ relay: Relay, _ device: ProbeDevice, _ clock: SystemClock
  ) throws -> Int? {
    let events = try EventLoop(clock: clock)
    let transport = relay.link.transport
    if let descriptor = transport.descriptor { try events.add(descriptor) { _ in } }
    var isAnswered: Bool { relay.session.counters.inbound.authentic > 0 }
    let start = clock.now().monotonicNanoseconds
    var answered: UInt64?
    events.every(seconds: 1) { try relay.tick() }
    try events.turn(atMost: 0)
    _ = try relay.relayOutbound()
    while device.shape == .unknown {
      let now = clock.now().monotonicNanoseconds
      if answered == nil && isAnswered { answered = now }
      guard now < (answered.map { $0 + Self.packetNanoseconds } ?? start + Self.patienceNanoseconds) else { break }
      try events.turn(atMost: 100)
      _ = try relay.relayInbound()
      if transport.failures[Errno.connectionRefused.rawValue] > 0 { break }
    }
    if answered == nil && isAnswered { answered = clock.now().monotonicNanoseconds }
    return answered.map { Int(($0 - start + 999_999) / 1_000_000) }
  }
}
