package import Configuration
package import Diagnosis
import Glibc
import LinuxSystem
package import ProtocolKit
import SystemPackage
import Transports
import TunnelCore

/// Calls the peer with the settings of a tunnel, without a device: an authenticated empty packet, and what the protocol
/// itself has to say. Every quicktun takes an empty packet for a keepalive.
package struct PeerProbe {
  private let settings: TunnelSettings
  private let protocols: [ProtocolDescription]

  private static let patienceNanoseconds: UInt64 = 3_000_000_000

  package init(_ settings: TunnelSettings, _ protocols: [ProtocolDescription]) {
    self.settings = settings
    self.protocols = protocols
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
    guard let description = protocols.first(where: { $0.name == settings.protocolName }) else {
      return Finding("peer", .problem, "PROTOCOL is not known")
    }
    let local = try OuterPath.local(settings)
    guard let peer = try OuterPath.peer(settings, local: local) else {
      return Finding("peer", .warning, "Not called: REMOTE_ADDRESS is not set, so this side waits for the other")
    }
    let clock = SystemClock()
    let socket = try OuterPath.bind(local, port: settings.localPort, peer: peer)
    var options = UDPTransport.Options()
    options.fixedPeer = settings.remoteFloat ? nil : peer
    let transport = UDPTransport(socket, options: options)
    let parameters = settings.protocolParameters(start: clock.now())
    let relay = Relay(
      device: EmptyPacket(), transport: transport, protocol: try description.make(parameters), clock: clock,
      options: .init(peer: peer, isFloating: settings.remoteFloat))
    relay.wantsGlimpse = true
    let start = clock.now()
    try waitForAnswer(relay, transport, clock, start)
    let now = clock.now()
    let elapsed = now.monotonicNanoseconds - start.monotonicNanoseconds
    if relay.counters.authentic > 0 {
      let milliseconds = Double(elapsed) / 1e6
      return Finding("peer", .ok, "\(peer.text) answers after \(Int(milliseconds.rounded(.up))) ms, with the right key")
    }
    if let evidence = relay.takeGlimpse().flatMap(Detective.Evidence.init) {
      let detective = Detective(description, all: protocols, parameters)
      if let complaint = detective.explain(evidence, peer: peer, at: now) {
        return Finding("peer", .problem, complaint)
      }
    }
    if let failure = transport.failures.entries.first {
      return Finding(
        "peer", .problem, EndTrouble.transport(peer.text, failure.errno, "\(Errno(rawValue: failure.errno))"))
    }
    return silence(peer, description)
  }

  private func silence(_ peer: Endpoint, _ description: ProtocolDescription) -> Finding {
    // Only salty answers by itself. The others speak when they have a packet.
    let answers = description.name == "salty"
    return Finding(
      "peer", answers ? .problem : .warning, "\(peer.text): no answer in 3 s",
      why: answers
        ? "It is not running, has another PUBLIC_KEY for us, or a firewall does not let UDP pass."
        : "\(description.name) has no handshake: the peer speaks only when it has a packet, so it may be well.")
  }

  private func waitForAnswer(
    _ relay: Relay, _ transport: UDPTransport, _ clock: SystemClock, _ start: Moment
  ) throws {
    let events = try EventLoop()
    try events.add(transport.descriptor, token: 0, .readable)
    try relay.tick()
    _ = try relay.relayOutbound()
    while relay.counters.authentic == 0 {
      guard clock.now().monotonicNanoseconds - start.monotonicNanoseconds < Self.patienceNanoseconds else { return }
      try events.wait(milliseconds: 500) { _ in }
      _ = try relay.relayInbound()
      try relay.tick()
      if transport.failures[Errno.connectionRefused.rawValue] > 0 { return }
    }
  }
}

/// A device that has one empty packet to send and takes everything.
private final class EmptyPacket: PacketDevice {
  private var isSent = false
  let failures = FailureTally()

  func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    if !isSent, let start = packets.roomForNext(0) { packets.append(at: start, length: 0) }
    isSent = true
    return .drained
  }

  func send(_ packets: inout PacketBatch) throws {}
}

extension TunnelSettings {
  /// What a protocol is made from.
  func protocolParameters(start: Moment) -> ProtocolParameters {
    ProtocolParameters(
      secretKey: privateKey, peerKey: peerKey, timeWindow: timeWindow, role: role, replayWindow: replayWindow,
      start: start)
  }
}
