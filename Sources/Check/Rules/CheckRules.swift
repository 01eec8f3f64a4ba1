package import Configuration
package import Diagnosis
package import LinuxSystem
package import TunnelCore

/// What facts mean for a tunnel, without a look at the system: whoever gathers the facts passes them in.
package enum CheckRules {
  /// All complaints of the settings, not only the first.
  package static func configuration(_ reading: SettingsReader.Reading) -> [Finding] {
    let findings =
      reading.complaints.map { Finding("configuration", .problem, $0) }
      + reading.warnings.map { Finding("configuration", .warning, $0) }
    if !findings.isEmpty { return findings }
    return [Finding("configuration", .ok, "\(reading.settings.spellings.count) settings, all of them understood")]
  }

  // MARK: Addresses

  /// Where the peer is, and by which interface packets for it leave. `trouble` is what is wrong with its address.
  package static func route(
    to peer: Endpoint, by route: Routing.Route?, device: String, remote: String, pathMTU: Int,
    trouble: PeerAddressTrouble?
  ) -> Finding {
    if let trouble { return Finding("route", trouble.severity == .problem ? .problem : .warning, trouble.complaint) }
    guard let route else {
      return Finding(
        "route", .problem, "No route to \(peer.text)", why: "\(remote) cannot be reached from here.",
        cure: peer.routeQuestion)
    }
    if route.interface == device {
      return Finding("route", .problem, PathTrouble.loop(device: device, peer: peer, remote: remote))
    }
    return Finding("route", .ok, "\(peer.text) by \(route.interface), which carries \(pathMTU) bytes at once")
  }

  /// No REMOTE_ADDRESS.
  package static func waiting(localPort: UInt16) -> Finding {
    if localPort == 0 {
      return Finding(
        "route", .problem, "Waits for the peer, at a port that nobody can know",
        why: "LOCAL_PORT is 0, and REMOTE_ADDRESS is not given.", cure: "Set LOCAL_PORT here, or REMOTE_ADDRESS.")
    }
    return Finding(
      "route", .ok, "This side waits for the peer to speak first",
      why:
        "So the other side needs REMOTE_ADDRESS, and UDP port \(localPort) of this host open. Two that wait never meet."
    )
  }

  // MARK: Kernel and clock

  /// rp_filter (Documentation/networking/ip-sysctl.rst): the greater of the device's and of all's.
  package static func kernel(device: String, reversePathFilter: Int?, forwards: Bool) -> [Finding] {
    var findings: [Finding] = []
    if reversePathFilter == 1 {
      findings.append(
        Finding(
          "kernel", .warning, "rp_filter=1 on \(device)",
          why: "Packets from the tunnel vanish whose source address is not routed back into it.",
          cure: "sysctl net.ipv4.conf.\(device).rp_filter=2, and not 1 for \"all\""))
    }
    let forwarding =
      forwards ? "ip_forward=1: this host routes for others" : "ip_forward=0: no routing for others behind this host"
    findings.append(Finding("kernel", .ok, forwarding))
    return findings
  }

  /// Super-packets: what makes it fast. Whoever asked for them with OFFLOAD=on is warned where they are missing.
  package static func offloads(_ facts: OffloadFacts?, _ wish: TunnelSettings.Offload) -> [Finding] {
    guard let facts, wish != .off else { return [] }
    let missing = [
      facts.tunHeader ? nil : "IFF_VNET_HDR (tun devices)", facts.tunUDP ? nil : "UDP segmentation (Linux 6.2)",
      facts.socketGRO ? nil : "UDP_GRO (Linux 5.0)",
    ].compactMap { $0 }
    if missing.isEmpty { return [Finding("offloads", .ok, "The kernel takes super-packets, TCP and UDP")] }
    return [
      Finding(
        "offloads", wish == .on ? .warning : .ok, "The kernel has no \(missing.joined(separator: ", no "))",
        why: "Such packets pass one by one, which is slower.")
    ]
  }

  /// nacltai's stamps are the time. A clock that was never set shows a year long past.
  /// Protocols that number by the clock need one that is right, or a directory to remember in.
  package static func clock(
    _ protocolName: String, isSet: Bool, stateDirectory: String, isThere: Bool
  ) -> Finding {
    if isSet { return Finding("clock", .ok, "The clock is set; \(protocolName)'s numbers follow it") }
    if isThere {
      return Finding(
        "clock", .warning, "The clock is years behind",
        why: "\(protocolName)'s numbers follow it; what they have come to is remembered in \(stateDirectory).",
        cure: "timedatectl set-ntp true")
    }
    return Finding("clock", .problem, ClockTrouble.unset(protocolName, directory: stateDirectory))
  }

  /// LOG_TO=syslog. `isThere` tells whether somebody listens.
  package static func log(_ settings: TunnelSettings, isThere: Bool) -> [Finding] {
    guard settings.logTarget == .syslog, !isThere else { return [] }
    return [
      Finding(
        "log", .warning, "\(settings.spelled("LOG_TO")): nobody listens at /dev/log",
        why: "What the tunnel says goes to standard error until somebody does.",
        cure: "Install a syslog daemon, or leave LOG_TO out.")
    ]
  }

  // MARK: Privileges

  package static func privileges(
    _ settings: TunnelSettings, _ caller: Caller, userExists: Bool, directoryExists: Bool
  ) -> [Finding] {
    var findings: [Finding] = []
    if let user = settings.setuid {
      if !userExists {
        findings.append(
          Finding(
            "privileges", .problem, "\(settings.spelled("SETUID")): no such user", cure: "adduser --system \(user)"))
      } else if caller.user != 0 {
        findings.append(
          Finding("privileges", .problem, "\(settings.spelled("SETUID")): to become another user takes root"))
      }
    }
    if let directory = settings.chroot {
      if !directoryExists {
        findings.append(
          Finding(
            "privileges", .problem, "\(settings.spelled("CHROOT")): no such directory", cure: "mkdir -p \(directory)"))
      } else if caller.user != 0 {
        findings.append(Finding("privileges", .problem, "\(settings.spelled("CHROOT")): to enter it takes root"))
      }
    }
    if !findings.isEmpty { return findings }
    let becomes = settings.setuid.map { ", becomes \($0) once it is set up" } ?? ""
    return [Finding("privileges", .ok, "Runs as \(caller.name)\(becomes)")]
  }
}
