package import Configuration
import Glibc
package import LinuxSystem

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

  // MARK: Node and device

  /// /dev/net/tun. `errno` is what access(2) says of reading and writing it; 0 for nothing.
  package static func node(errno: Int32, hasDriver: Bool, user: String) -> Finding {
    switch errno {
    case 0 where hasDriver: return Finding("node", .ok, "/dev/net/tun is there, and the tun driver behind it")
    case 0: return Finding("node", .problem, "The tun driver is not loaded", cure: "modprobe tun")
    case EACCES:
      return Finding(
        "node", .problem, "/dev/net/tun is not open to \(user)", cure: "chmod 666 /dev/net/tun  # as udev does")
    default:
      return Finding(
        "node", .problem, "/dev/net/tun is missing",
        cure: "mkdir -p /dev/net && mknod /dev/net/tun c 10 200 && chmod 666 /dev/net/tun")
    }
  }

  /// Who runs the tunnel.
  package struct Caller: Sendable {
    package var user: UInt32
    package var name: String
    package var groups: [UInt32]
    package var hasNetAdmin: Bool

    package init(user: UInt32, name: String, groups: [UInt32], hasNetAdmin: Bool) {
      (self.user, self.name, self.groups, self.hasNetAdmin) = (user, name, groups, hasNetAdmin)
    }

    /// drivers/net/tun.c, tun_not_capable(): with both an owner and a group, both have to match.
    func mayAttach(to facts: InterfaceFacts) -> Bool {
      let isOwner = facts.owner.map { $0 == user } ?? true
      let isMember = facts.group.map { groups.contains($0) } ?? true
      return hasNetAdmin || isOwner && isMember
    }
  }

  /// The device that the settings name, as it is now. `bestMTU` is the largest that crosses the path in one piece.
  package static func device(
    _ name: String, _ kind: InterfaceFacts.Kind, _ facts: InterfaceFacts?, _ caller: Caller, ownerName: String?,
    bestMTU: Int?, wantsMTU: Bool
  ) -> [Finding] {
    func refusal(_ errno: Int32, _ words: String) -> Finding {
      var refusal = DeviceRefusal(words: words, errno: errno, name: name, kind: kind, facts: facts)
      (refusal.user, refusal.userName, refusal.ownerName) = (caller.user, caller.name, ownerName)
      return Finding("device", .problem, refusal.complaint)
    }
    guard let facts else {
      if caller.hasNetAdmin {
        return [Finding("device", .ok, "\(name.isEmpty ? "A device" : name) (\(kind)) will be made at the start")]
      }
      return [refusal(EPERM, "\(name.isEmpty ? "The device" : name) does not exist")]
    }
    if facts.kind != kind || facts.isMultiQueue { return [refusal(EINVAL, "\(name) does not fit")] }
    if !caller.mayAttach(to: facts) { return [refusal(EPERM, "\(name) is another user's")] }
    if facts.holder != nil && !facts.isHeldByTunnel { return [refusal(EBUSY, "\(name) is in use")] }
    let owner = ownerName.map { ", owner \($0)" } ?? ""
    let state = (facts.isUp ? "up" : "down") + (facts.hasCarrier ? "" : ", no carrier until a program attaches")
    var findings = [Finding("device", .ok, "\(name) exists as \(kind)\(owner), \(state), MTU \(facts.mtu)")]
    if let holder = facts.holder {
      findings.append(Finding("device", .ok, "A tunnel runs on it: process \(holder.process)"))
    }
    if let bestMTU, !wantsMTU { findings.append(mtu(name, facts.mtu, best: bestMTU)) }
    return findings
  }

  private static func mtu(_ name: String, _ mtu: Int, best: Int) -> Finding {
    if mtu <= best { return Finding("mtu", .ok, "\(mtu) bytes cross the path in one piece; at most \(best) would") }
    return Finding(
      "mtu", .warning, "\(name) has MTU \(mtu); at most \(best) bytes cross the path in one piece",
      why: "Longer packets travel in fragments, or are lost where fragments are.",
      cure: "MTU=auto, or: ip link set \(name) mtu \(best)")
  }

  // MARK: Addresses

  /// Where the peer is, and by which interface packets for it leave.
  package static func route(
    to peer: String, by interface: String?, device: String, remote: String, pathMTU: Int
  ) -> Finding {
    guard let interface else {
      return Finding(
        "route", .problem, "No route to \(peer)", why: "\(remote) cannot be reached from here.",
        cure: "ip route get \(peer.prefix { $0 != ":" })")
    }
    if interface == device {
      return Finding("route", .problem, EndTrouble.loop(device: device, peer: peer, remote: remote))
    }
    return Finding("route", .ok, "\(peer) by \(interface), which carries \(pathMTU) bytes at once")
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
  package static func clock(unixSeconds: Int64, isNeeded: Bool) -> [Finding] {
    guard isNeeded else { return [] }
    // The first of January 2026: this program is younger.
    if unixSeconds < 1_767_225_600 {
      return [
        Finding(
          "clock", .problem, "The clock is years behind",
          why: "nacltai's stamps are the time: the peer refuses what is older than what it saw before.",
          cure: "timedatectl set-ntp true")
      ]
    }
    return [Finding("clock", .ok, "The clock is set; nacltai's stamps follow it")]
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
