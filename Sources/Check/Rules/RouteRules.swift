import Configuration
package import Diagnosis
package import LinuxSystem
package import TunnelCore

extension CheckRules {
  /// Where the peer is, and by which interface packets for it leave. `remote` is REMOTE_ADDRESS as it was written,
  /// `pathMTU` is in bytes, `trouble` is what is wrong with the peer's address.
  package static func route(
    to peer: Endpoint, by route: Routing.Route?, device: String, remote: String, pathMTU: Int,
    trouble: PeerAddressTrouble?
  ) -> Finding {
    if let trouble { return Finding("route", trouble.isProblem ? .problem : .warning, trouble.complaint) }
    guard let route else {
      return Finding(
        "route", .problem, "No route to \(peer.text)", why: "\(remote) cannot be reached from here.",
        cure: Cure.askRoute(to: peer))
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
}
