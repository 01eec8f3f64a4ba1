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

  private static let patienceNanoseconds: UInt64 = 3_000_000_000
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
    } catch let error as ProtocolError {
      return [Finding("peer", .problem, Complaint(error, of: settings.protocolName ?? "?"))]
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
    let socket = try SocketSetup.bind(local, port: settings.localPort, peer: peer)
    let transport = TransportSetup.open(socket, settings, peer: peer)
    let parameters = settings.protocolParameters(start: clock.now())
    let device = ProbeDevice()
    // The call is numbered like a tunnel's datagrams, under the same keys.
    var numbered = parameters
    let silent = Logger(label: "check") { _ in SwiftLogNoOpLogHandler() }
    numbered.mark = StoredHighWaterMark.find(settings, description, environment: environment, at: clock.now(), silent)
    let wireFormat = try description.make(numbered)
    let sampler = DatagramSampler(wireFormat.opener)
    sampler.wantsSample = true
    let session = Session(
      .init(sealer: wireFormat.sealer, opener: sampler), peer: peer, isFloating: settings.remoteFloat)
    let relay = Relay(Link(session, device: device, transport: transport), clock: clock)
    if let milliseconds = try waitForAnswer(relay, device, clock) {
      return answer(peer, description, device, milliseconds)
    }
    if let evidence = sampler.takeSample().flatMap(RejectedDatagram.init) {
      let diagnosis = DatagramDiagnosis(description, all: protocols, parameters)
      if let complaint = diagnosis.explain(evidence, peer: peer, at: clock.now()) {
        return Finding("peer", .problem, complaint)
      }
    }
    if let failure = transport.failures.entries.first {
      return Finding("peer", .problem, PathTrouble.sending(to: peer, Errno(rawValue: failure.errno)))
    }
    return CheckRules.silence(peer, description)
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
    try relay.tick()
    _ = try relay.relayOutbound()
    while device.shape == .unknown {
      let now = clock.now().monotonicNanoseconds
      if answered == nil && isAnswered { answered = now }
      guard now < (answered.map { $0 + Self.packetNanoseconds } ?? start + Self.patienceNanoseconds) else { break }
      try events.turn(atMost: 100)
      _ = try relay.relayInbound()
      try relay.tick()
      if transport.failures[Errno.connectionRefused.rawValue] > 0 { break }
    }
    if answered == nil && isAnswered { answered = clock.now().monotonicNanoseconds }
    return answered.map { Int(($0 - start + 999_999) / 1_000_000) }
  }
}

/// A device that has one empty packet to send, and looks at what it gets instead of keeping it.
private final class ProbeDevice: PacketDevice {
  let name = "probe"
  let burst = Burst(packets: 64, buffers: 1)
  private var isSent = false
  let failures = FailureTally()
  /// Of the first packet that could be told.
  private(set) var shape = InnerPacket.Shape.unknown

  func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    if !isSent, let start = packets.roomForNext(0) { packets.append(at: start, length: 0) }
    isSent = true
    return .drained
  }

  func send(_ packets: inout PacketBatch, _ range: Range<Int>) throws {
    for index in range where shape == .unknown && packets.state(of: index) == .passed {
      shape = unsafe InnerPacket.shape(of: packets.copy(of: index).span.bytes)
    }
  }
}
