package import Configuration
package import Diagnosis
import Glibc
import LinuxSystem
package import ProtocolKit
import Sodium
import SystemPackage
import TunnelCore

/// Gathers what the system tells about a tunnel that is yet to be started, and lets the rules judge. Starts nothing,
/// sends nothing, changes nothing.
package struct Checkup {
  private let reading: SettingsReader.Reading
  private let settings: TunnelSettings
  private let description: ProtocolDescription?
  private let caller: CheckRules.Caller
  /// The device as it is. Looked up once, for that goes through all processes.
  private let deviceFacts: InterfaceFacts?

  package init(_ reading: SettingsReader.Reading, _ protocols: [ProtocolDescription]) {
    self.reading = reading
    settings = reading.settings
    description = protocols.first { $0.name == reading.settings.protocolName }
    deviceFacts = reading.settings.interface.flatMap { InterfaceFacts(lookingUp: $0) }
    let user = Privileges.effectiveUser
    caller = .init(
      user: user, name: Privileges.name(ofUser: user), groups: Privileges.groups,
      hasNetAdmin: Privileges.hasNetworkAdministration)
  }

  package func findings() -> [Finding] {
    let local = Result { try OuterPath.local(settings) }
    let peer = Result { try OuterPath.peer(settings, local: try? local.get()) }
    let known = try? peer.get()
    return CheckRules.configuration(reading) + keys() + [node()] + device(known) + [socket(local, peer)]
      + route(known, peer) + kernel() + clock() + privileges()
  }

  // MARK: Parts

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
    let isOpen = unsafe access(TunDescriptor.node, R_OK | W_OK) == 0
    let hasDriver = TextFile.exists("/sys/class/misc/tun") || TextFile.exists("/sys/module/tun")
    return CheckRules.node(errno: isOpen ? 0 : errno, hasDriver: hasDriver, user: caller.name)
  }

  private var deviceName: String { settings.interface ?? "" }

  /// Whether the tunnel that is looked at runs meanwhile.
  package var tunnelRuns: Bool { deviceFacts?.isHeldByTunnel ?? false }

  private func device(_ peer: Endpoint?) -> [Finding] {
    let best = description.map {
      DeviceSetup.largestMTU(settings, $0, isIPv6: peer?.isIPv6 == true, path: OuterPath.pathMTU(to: peer))
    }
    return CheckRules.device(
      deviceName, settings.deviceKind, deviceFacts, caller,
      ownerName: deviceFacts?.owner.map { Privileges.name(ofUser: $0) },
      bestMTU: best,
      wantsMTU: settings.mtu != .unchanged)
  }

  /// Whether the names resolve and the port can be had: a socket is bound and closed again.
  private func socket(_ local: Result<Endpoint?, any Error>, _ peer: Result<Endpoint?, any Error>) -> Finding {
    do {
      let (local, peer) = (try local.get(), try peer.get())
      if tunnelRuns { return Finding("address", .ok, "UDP port \(settings.localPort): the tunnel that runs has it") }
      let socket = try OuterPath.bind(local, port: settings.localPort, peer: peer)
      let text = socket.localEndpoint?.text ?? "?"
      return Finding("address", .ok, settings.localPort == 0 ? "Any free UDP port" : "UDP \(text) is free")
    } catch let complaint as Complaint {
      return Finding("address", .problem, complaint)
    } catch {
      return Finding("address", .problem, "\(error)")
    }
  }

  private func route(_ peer: Endpoint?, _ result: Result<Endpoint?, any Error>) -> [Finding] {
    guard let peer else {
      guard case .success = result else { return [] }
      return [Finding("route", .ok, "Waits for the peer to speak first")]
    }
    return [
      CheckRules.route(
        to: peer.text, by: Routing.interface(towards: peer, localPort: settings.localPort), device: deviceName,
        remote: settings.spelled("REMOTE_ADDRESS"), pathMTU: OuterPath.pathMTU(to: peer))
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
    CheckRules.clock(unixSeconds: SystemClock().now().unixSeconds, isNeeded: settings.protocolName == "nacltai")
  }

  private func privileges() -> [Finding] {
    CheckRules.privileges(
      settings, caller, userExists: settings.setuid.map { Privileges.user(named: $0) != nil } ?? true,
      directoryExists: settings.chroot.map { TextFile.exists($0 + "/.") } ?? true)
  }
}
