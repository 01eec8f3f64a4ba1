package import Configuration
import Diagnosis
import LinuxSystem
package import ProtocolKit
import TunnelCore
import TunnelSetup

/// `quicktun check`: looks at a tunnel and its surroundings, topic by topic, and lets the rules judge.
package struct Checkup {
  private let reading: SettingsReader.Reading
  private let protocols: [ProtocolDescription]
  /// "NAME=value".
  private let environment: [String]
  private let tunnel: CheckedTunnel
  private let caller = CheckRules.Caller.current

  private var settings: TunnelSettings { tunnel.settings }
  private var description: ProtocolDescription? { protocols.named(settings.protocolName) }

  /// Where a shell looks that was given no PATH (dash, var.c).
  private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// `environment` has entries "NAME=value".
  package init(_ reading: SettingsReader.Reading, _ protocols: [ProtocolDescription], environment: [String]) {
    self.reading = reading
    self.protocols = protocols
    self.environment = environment
    tunnel = CheckedTunnel(reading.settings)
  }

  package func findings() -> [Finding] {
    configuration() + CheckRules.keys(settings) + [node()] + device() + mtu() + [socket()] + route() + kernel()
      + clock() + script() + log() + privileges()
  }

  private func configuration() -> [Finding] {
    let findings = CheckRules.configuration(reading)
    guard reading.complaints.isEmpty, let description else { return findings }
    let refusal = CheckRules.refusal(of: description, settings.protocolParameters(start: SystemClock().now()))
    return refusal.isEmpty ? findings : findings.filter { $0.severity != .ok } + refusal
  }

  /// Calls the peer; of a tunnel that runs, looks at what comes from it. Nothing if the settings have problems.
  package func peerFindings() -> [Finding] {
    guard reading.complaints.isEmpty else { return [] }
    if tunnel.running.isRunning {
      let peer = tunnel.peerEndpoint?.text ?? "The peer"
      return RunningPeer(device: tunnel.name, running: tunnel.running, peer: peer).findings()
    }
    return PeerProbe(settings, protocols, environment: environment).findings()
  }

  // MARK: The device

  private func node() -> Finding {
    CheckRules.node(
      DeviceNode(lookingAt: TunDescriptor.node),
      hasDriver: TextFile.exists("/sys/class/misc/tun") || TextFile.exists("/sys/module/tun"), user: caller.name)
  }

  private func device() -> [Finding] {
    let findings = CheckRules.device(
      .init(name: tunnel.name, mode: settings.mode, port: settings.localPort), tunnel.device, caller, tunnel.running)
    guard tunnel.running.isRunning, let facts = tunnel.device.facts else { return findings }
    return findings + CheckRules.inUse(facts, InterfaceUse(lookingUp: tunnel.name))
  }

  private func mtu() -> [Finding] {
    guard let description else { return [] }
    let peer = tunnel.peerEndpoint
    let best = DeviceSetup.largestMTU(
      settings, description, headerBytes: TransportSetup.headerBytes(towards: peer),
      path: PathMTU.known(to: peer))
    let fitting = tunnel.device.facts.flatMap { $0.mode == settings.mode ? $0 : nil }
    return CheckRules.mtu(
      tunnel.name, actual: fitting?.mtu, setting: settings.mtu, best: best, isRunning: tunnel.running.isRunning)
  }

  // MARK: The way to the peer

  /// Whether the names resolve and the port can be had: a socket is bound and closed again.
  private func socket() -> Finding {
    do {
      let (local, peer) = (try tunnel.local.get(), try tunnel.peer.get())
      if let port = tunnel.running.port {
        return Finding("address", .ok, "UDP port \(port): the tunnel that runs has it")
      }
      let socket = try SocketSetup.bind(local, port: settings.localPort, peer: peer)
      let text = socket.localEndpoint?.text ?? "?"
      return Finding("address", .ok, settings.localPort == 0 ? "Any free UDP port" : "UDP \(text) is free")
    } catch let complaint as Complaint {
      return Finding("address", .problem, complaint)
    } catch {
      return Finding("address", .problem, "\(error)")
    }
  }

  private func route() -> [Finding] {
    guard let peer = tunnel.peerEndpoint else {
      guard case .success = tunnel.peer else { return [] }
      return [CheckRules.waiting(localPort: settings.localPort)]
    }
    let remote = settings.spelled("REMOTE_ADDRESS")
    let route = Routing.route(towards: peer, localPort: settings.localPort)
    return [
      CheckRules.route(
        to: peer, by: route, device: tunnel.name, remote: remote, pathMTU: PathMTU.known(to: peer),
        trouble: PeerAddressTrouble.find(
          peer, remote: remote, route: route, local: tunnel.localEndpoint, localPort: settings.localPort))
    ]
  }

  // MARK: The host

  private func kernel() -> [Finding] {
    CheckRules.kernel(
      device: tunnel.name.isEmpty ? "default" : tunnel.name, ForwardingFacts(lookingUp: tunnel.name))
      + CheckRules.offloads(OffloadFacts(), settings.offload)
  }

  private func clock() -> [Finding] {
    guard let description, description.noncesFollowClock else { return [] }
    let directory = StoredHighWaterMark.stateDirectory(environment)
    return [
      CheckRules.clock(
        description.name, isSet: SystemClock().now().isSet, stateDirectory: directory,
        isThere: TextFile.exists(directory))
    ]
  }

  private func script() -> [Finding] {
    let path = environment.value(of: "PATH") ?? Self.usualPath
    return CheckRules.script(settings) { command in
      switch CommandSearch.isExecutable(command: command, searchPath: path) {
      case true: .executable
      case false: .notExecutable
      case nil: .missing
      }
    }
  }

  private func log() -> [Finding] { CheckRules.log(settings, isThere: (try? SystemLog.check()) != nil) }

  private func privileges() -> [Finding] {
    CheckRules.privileges(
      settings, caller, userExists: settings.setuid.map { Privileges.user(named: $0) != nil } ?? true,
      directoryExists: settings.chroot.map { TextFile.exists($0 + "/.") } ?? true)
  }
}
