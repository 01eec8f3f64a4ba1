package import Configuration
import Diagnosis
import Glibc
import LinuxSystem
package import ProtocolKit
import Sodium
import SystemPackage
import TunnelSetup
import TunnelCore

/// Gathers what the system tells about a tunnel that is yet to be started, or runs, and lets the rules judge. Starts
/// nothing, sends nothing, changes nothing.
package struct Checkup {
  private let reading: SettingsReader.Reading
  private let settings: TunnelSettings
  private let description: ProtocolDescription?
  private let caller: CheckRules.Caller
  /// PATH.
  private let searchPath: String
  /// The device as it is. Looked up once, for that goes through all processes.
  private let deviceFacts: InterfaceFacts?
  private let local: Result<Endpoint?, any Error>
  private let peer: Result<Endpoint?, any Error>
  private let stateDirectory: String
  /// Whether the tunnel that is looked at runs meanwhile.
  private let running: RunningTunnel

  /// Where a shell looks that was given no PATH (dash, var.c).
  private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// `environment` has entries "NAME=value".
  package init(_ reading: SettingsReader.Reading, _ protocols: [ProtocolDescription], environment: [String]) {
    self.reading = reading
    let settings = reading.settings
    self.settings = settings
    description = protocols.named(settings.protocolName)
    searchPath = environment.value(of: "PATH") ?? Self.usualPath
    stateDirectory = StoredHighWaterMark.stateDirectory(environment)
    deviceFacts = settings.interface.flatMap { InterfaceFacts(lookingUp: $0) }
    let local = Result { try SocketSetup.local(settings) }
    self.local = local
    peer = Result { try SocketSetup.peer(settings, local: try? local.get()) }
    running = RunningTunnel(
      device: deviceFacts, wanted: .init(port: settings.localPort, address: try? local.get()),
      sockets: UDPSocketFacts.all(), ownProgram: TextFile.read("/proc/self/comm") ?? "quicktun")
    let user = Privileges.effectiveUser
    caller = .init(
      user: user, name: Privileges.name(ofUser: user), groups: Privileges.groups,
      hasNetAdmin: Privileges.hasNetworkAdministration)
  }

  package func findings() -> [Finding] {
    configuration() + keys() + [node()] + device() + mtu() + [socket()] + route() + kernel() + clock() + script()
      + log() + privileges()
  }

  /// What the tunnel that runs shows of its peer; nil if it does not run.
  package var runningPeer: RunningPeer? {
    guard running.isRunning else { return nil }
    return RunningPeer(device: deviceName, running: running, peer: known?.text ?? "The peer")
  }

  private var known: Endpoint? { (try? peer.get()) ?? nil }

  // MARK: Parts

  private func configuration() -> [Finding] {
    let findings = CheckRules.configuration(reading)
    guard reading.complaints.isEmpty, let description else { return findings }
    return findings + CheckRules.refusal(of: description, settings.protocolParameters(start: SystemClock().now()))
  }

  private func keys() -> [Finding] {
    guard let secret = settings.privateKey else { return [] }
    let own = secret.publicKey
    var findings = [Finding("keys", .ok, "Own public key, which the peer needs: \(own)", showing: own)]
    if let peer = settings.peerKey {
      // X25519 of a point of low order is zero with every secret key (RFC 7748, section 6.1).
      let isUsable = SharedKey(publicKey: peer, secretKey: secret) != nil
      findings.append(
        isUsable
          ? Finding("keys", .ok, "The peer's public key: \(peer)", showing: peer)
          : Finding("keys", .problem, "PUBLIC_KEY is of low order", cure: "Ask the peer for the PUBLIC line."))
    }
    return findings
  }

  private func node() -> Finding {
    CheckRules.node(
      DeviceNode(lookingAt: TunDescriptor.node),
      hasDriver: TextFile.exists("/sys/class/misc/tun") || TextFile.exists("/sys/module/tun"), user: caller.name)
  }

  private var deviceName: String { settings.interface ?? "" }

  private func device() -> [Finding] {
    var asked = CheckRules.AskedDevice(
      name: deviceName, kind: settings.deviceKind, ownerName: deviceFacts?.owner.map { Privileges.name(ofUser: $0) },
      port: settings.localPort)
    asked.isHiddenFromSys =
      deviceFacts == nil && !deviceName.isEmpty && (try? NetworkInterface.mtu(of: deviceName)) != nil
    let findings = CheckRules.device(asked, deviceFacts, caller, running)
    guard running.isRunning, let deviceFacts else { return findings }
    return findings + CheckRules.inUse(deviceFacts, InterfaceUse(lookingUp: deviceName))
  }

  private func mtu() -> [Finding] {
    guard let description else { return [] }
    let best = DeviceSetup.largestMTU(
      settings, description, isIPv6: known?.isIPv6 == true, path: SocketSetup.pathMTU(to: known))
    let fits = deviceFacts?.kind == settings.deviceKind
    return CheckRules.mtu(
      deviceName, actual: fits ? deviceFacts?.mtu : nil, setting: settings.mtu, best: best, isRunning: running.isRunning
    )
  }

  /// Whether the names resolve and the port can be had: a socket is bound and closed again.
  private func socket() -> Finding {
    do {
      let (local, peer) = (try local.get(), try peer.get())
      if let port = running.port { return Finding("address", .ok, "UDP port \(port): the tunnel that runs has it") }
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
    guard let peer = known else {
      guard case .success = peer else { return [] }
      return [CheckRules.waiting(localPort: settings.localPort)]
    }
    let remote = settings.spelled("REMOTE_ADDRESS")
    let route = Routing.route(towards: peer, localPort: settings.localPort)
    return [
      CheckRules.route(
        to: peer, by: route, device: deviceName, remote: remote, pathMTU: SocketSetup.pathMTU(to: peer),
        trouble: PeerTrouble.find(
          peer, remote: remote, route: route, local: (try? local.get()) ?? nil, localPort: settings.localPort))
    ]
  }

  private func kernel() -> [Finding] {
    func filter(_ name: String) -> Int? {
      TextFile.read("/proc/sys/net/ipv4/conf/\(name)/rp_filter").flatMap { Int($0) }
    }
    let own = filter(deviceName) ?? filter("default")
    return CheckRules.kernel(
      device: deviceName.isEmpty ? "default" : deviceName,
      reversePathFilter: max(own ?? 0, filter("all") ?? 0),
      forwards: TextFile.read("/proc/sys/net/ipv4/ip_forward") == "1")
      + CheckRules.offloads(OffloadFacts(), settings.offload)
  }

  private func clock() -> [Finding] {
    guard let description, description.noncesFollowClock else { return [] }
    return [
      CheckRules.clock(
        description.name, isSet: SystemClock().now().isSet, stateDirectory: stateDirectory,
        isThere: TextFile.exists(stateDirectory))
    ]
  }

  private func script() -> [Finding] {
    CheckRules.script(settings) { command in
      switch CommandSearch.isExecutable(command: command, searchPath: searchPath) {
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
