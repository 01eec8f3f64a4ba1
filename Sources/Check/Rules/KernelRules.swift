package import Configuration
package import LinuxSystem

extension CheckRules {
  /// What the kernel does with packets that come out of the tunnel's device.
  package static func kernel(device: String, _ forwarding: ForwardingFacts) -> [Finding] {
    var findings: [Finding] = []
    if forwarding.reversePathFilter == 1 {
      findings.append(
        Finding(
          "kernel", .warning, "rp_filter=1 on \(device)",
          why: "Packets from the tunnel vanish whose source address is not routed back into it.",
          cure: "sysctl net.ipv4.conf.\(device).rp_filter=2, and not 1 for \"all\""))
    }
    let routes =
      forwarding.isOn
      ? "ip_forward=1: this host routes for others" : "ip_forward=0: no routing for others behind this host"
    return findings + [Finding("kernel", .ok, routes)]
  }

  /// Super-packets: what makes it fast. Whoever asked for them with OFFLOAD=on is warned where they are missing.
  package static func offloads(_ facts: OffloadFacts?, _ wanted: TunnelSettings.Offload) -> [Finding] {
    guard let facts, wanted != .off else { return [] }
    let missing = [
      facts.tunHeader ? nil : "\(OffloadFacts.headerName) (tun devices)", facts.tunUDP ? nil : OffloadFacts.udpName,
      facts.socketGRO ? nil : "UDP_GRO (Linux 5.0)",
    ].compactMap { $0 }
    if missing.isEmpty { return [Finding("offloads", .ok, "The kernel takes super-packets, TCP and UDP")] }
    return [
      Finding(
        "offloads", wanted == .on ? .warning : .ok, "The kernel has no \(missing.joined(separator: ", no "))",
        why: OffloadFacts.consequence)
    ]
  }
}
