import Configuration
package import LinuxSystem

extension CheckRules {
  /// What can be seen from outside of a tunnel that runs.
  package struct RunningSample: Sendable {
    package var traffic: InterfaceTraffic
    /// Datagrams that its sockets did not keep.
    package var drops: UInt64

    package init(traffic: InterfaceTraffic, drops: UInt64) { (self.traffic, self.drops) = (traffic, drops) }
  }

  /// Who runs the tunnel, and what it says of itself.
  package struct RunningService: Sendable {
    /// The unit, if it has one.
    package var unit: String?
    /// Its status text.
    package var status: String?

    package init(unit: String? = nil, status: String? = nil) { (self.unit, self.status) = (unit, status) }

    fileprivate var cure: String {
      unit.map { "journalctl -u \($0) says why." } ?? "Read the tunnel's log, which says why."
    }
  }

  /// What passed the device of a tunnel that runs between two looks, `seconds` apart. Only authentic packets pass: with
  /// raw, all that come from the peer's place.
  package static func traffic(
    _ before: RunningSample, _ after: RunningSample, seconds: Int, peer: String, _ service: RunningService
  ) -> [Finding] {
    let received = after.traffic.received &- before.traffic.received
    let sent = after.traffic.sent &- before.traffic.sent
    var findings = [
      judge(received: received, sent: sent, total: after.traffic.received, seconds, peer, service)
    ]
    let drops = after.drops &- before.drops
    if drops > 0 {
      findings.append(
        Finding(
          "peer", .warning, "\(drops) datagrams were lost at the socket meanwhile",
          why: "They come faster than the tunnel takes them, or are damaged.", cure: "nstat -az 'Udp*Errors'"))
    }
    if let status = service.status { findings.append(Finding("peer", .ok, "The tunnel says: \(status)")) }
    return findings
  }

  private static func judge(
    received: UInt64, sent: UInt64, total: UInt64, _ seconds: Int, _ peer: String, _ service: RunningService
  ) -> Finding {
    if received > 0 {
      return Finding("peer", .ok, "\(peer): packets come in; \(received) while check looked, and \(sent) went out")
    }
    let everything = total > 0 ? "\(total) have before, since the device was made." : "None ever has."
    if sent > 0 {
      return Finding(
        "peer", .warning, "\(peer): no packet came in \(seconds) s, while \(sent) went out",
        why: "\(everything) The peer is not running, or does not take ours, or its packets are not taken here.",
        cure: service.cure)
    }
    return Finding(
      "peer", .warning, "\(peer): no packet passed in \(seconds) s, so nothing is known",
      why:
        "The tunnel has the port, so the peer is not called. \(total > 0 ? "\(total) packets came before." : everything)",
      cure: "Ping the other side's tunnel address, and check meanwhile.")
  }
}
