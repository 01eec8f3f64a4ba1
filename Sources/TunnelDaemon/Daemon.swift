package import Configuration
import Diagnosis
import LinuxSystem
package import Logging
package import ProtocolKit
import TunnelSetup
import TunnelCore

/// One tunnel, from its settings to its end:
///
/// 1. find the addresses and open the transport; 2. attach to the device and set its MTU; 3. make the protocol;
/// 4. run the user's script; 5. change root and user and keep no capability; 6. say what was built; 7. relay until a
/// signal or the end of the device.
package final class Daemon {
  private let settings: TunnelSettings
  private let description: ProtocolDescription
  private let allProtocols: [ProtocolDescription]
  private let log: Logger
  private let supervision: Supervision

  /// `all` are the protocols that a peer might speak instead.
  package init(
    _ settings: TunnelSettings, _ description: ProtocolDescription, all: [ProtocolDescription], log: Logger,
    supervision: Supervision
  ) {
    self.settings = settings
    self.description = description
    allProtocols = all
    self.log = log
    self.supervision = supervision
  }

  /// Runs the tunnel. Returns the signal that asked for the end; throws what the user has to know.
  package func run(environment: [String]) throws -> Int32 {
    let clock = SystemClock()
    let user = try findUser()
    let (transport, peer) = try openTransport()
    // A resolver that waits has been ended at once so far. From here on there is something to undo.
    let signals = try SignalSource()
    let device = try openDevice(transport, peer)
    let wireFormat = try settings.makeProtocol(description, environment: environment, at: clock.now(), log)
    let facts = TunnelFacts(
      settings: settings, description: description, device: device.name, mtu: try NetworkInterface.mtu(of: device.name),
      local: transport.localEndpoint, peer: peer)
    let secrets = LockReporter(description, log)
    secrets.look()
    let script = TunUpScript(settings, log, supervision)
    if let signal = try script.run(environment: facts.environment(base: environment), signals) {
      log.notice("Ended by \(SignalSource.name(of: signal)) before the tunnel was up")
      return signal
    }
    try PrivilegeDrop(settings, log).drop(to: user)
    let lines = LimitedLog(log, clock: clock)
    let sampler = DatagramSampler(wireFormat.opener)
    let session = session(.init(sealer: wireFormat.sealer, opener: sampler), peer, lines)
    let relay = Relay(Link(session, device: device, transport: transport), clock: clock)
    let operation = TunnelOperation(
      relay: relay, facts: facts, reporters: reporters(relay.link, sampler, clock, lines) + [secrets],
      supervision: supervision, clock: clock, log: log, lines: lines)
    do {
      return try operation.run(signals)
    } catch let vanished as DeviceVanished {
      throw Complaint(
        "\(vanished)", why: "\(vanished.name) was deleted while the tunnel ran.", cure: "Start quicktun again.")
    }
  }

  /// The transport, and where the peer is, if that is known.
  private func openTransport() throws -> (any DatagramTransport, Endpoint?) {
    let local = try SocketSetup.local(settings)
    let peer = try SocketSetup.peer(settings, local: local)
    let transport = try TransportSetup.open(settings, local: local, peer: peer)
    warnOfAddress(peer, local: local, localPort: transport.localEndpoint?.port ?? 0)
    return (transport, peer)
  }

  private func openDevice(_ transport: any DatagramTransport, _ peer: Endpoint?) throws -> any PacketDevice {
    let device = try DeviceSetup.open(settings)
    let headerBytes = transport.headerBytes(towards: peer)
    if let warning = try DeviceSetup.setMTU(of: device, settings, description, headerBytes: headerBytes, peer: peer) {
      log.warning("\(warning)")
    }
    return device
  }

  private func session(_ wireFormat: TunnelProtocol, _ peer: Endpoint?, _ lines: LimitedLog) -> Session {
    let session = Session(wireFormat, peer: peer, isFloating: settings.remoteFloat)
    session.onRoaming = { before, now in
      lines.write(.notice, .roaming, before == nil ? "The peer is at \(now.text)" : "The peer moved to \(now.text)")
    }
    return session
  }

  /// Who looks once a second whether something is to be said.
  private func reporters(
    _ link: Link, _ sampler: DatagramSampler, _ clock: any Clock, _ lines: LimitedLog
  ) -> [any Reporter] {
    let troubles = TroubleReporter(
      settings,
      bestMTU: { [settings, description] path, peer in
        DeviceSetup.largestMTU(
          settings, description, headerBytes: link.transport.headerBytes(towards: peer), path: path)
      }, log: lines)
    let silence = SilenceReporter(
      sampler,
      diagnosis: DatagramDiagnosis(description, all: allProtocols, settings.protocolParameters(start: clock.now())),
      expected: DeviceSetup.packetShape(settings), device: link.device.name, log: lines)
    return [troubles, silence]
  }

  private func warnOfAddress(_ peer: Endpoint?, local: Endpoint?, localPort: UInt16) {
    guard let peer else { return }
    let trouble = PeerAddressTrouble.find(
      peer, remote: settings.spelled("REMOTE_ADDRESS"), route: Routing.route(towards: peer, localPort: localPort),
      local: local, localPort: localPort)
    if let trouble { log.warning("\(trouble.complaint)") }
  }

  private func findUser() throws(Complaint) -> Privileges.User? {
    guard let name = settings.setuid else { return nil }
    if let user = Privileges.user(named: name) { return user }
    throw PrivilegeTrouble.noUser(name, spelled: settings.spelled("SETUID"))
  }
}
