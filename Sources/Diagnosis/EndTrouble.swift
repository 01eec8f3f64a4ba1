package import Configuration
import Glibc
import LinuxSystem
package import TunnelCore

/// What the kernel refuses while a tunnel runs, at one end or the other. Each is said once.
package enum EndTrouble {
  /// A write to the device `name` failed. `words` is the errno as text.
  package static func device(_ name: String, _ errno: Int32, _ words: String) -> Complaint {
    let what = "write \(name): \(words)"
    switch errno {
    case EIO: return Complaint(what, why: "\(name) is down: what arrives is dropped.", cure: "ip link set \(name) up")
    case EINVAL:
      return Complaint(
        what, why: "What arrives is no packet for this device: the peers differ in TUN_MODE or USE_PI.",
        cure: "Set both alike on both sides.")
    default: return Complaint(what)
    }
  }

  /// Sending to `peer` (nil if it is not known) failed, or an ICMP message said so. `pathMTU` is what that message told, if there was one, and
  /// `bestMTU` what the device's MTU would have to be for it.
  package static func transport(
    _ peer: Endpoint?, _ errno: Int32, _ words: String, pathMTU: Int? = nil, bestMTU: Int? = nil
  ) -> Complaint {
    let what = "UDP to \(name(of: peer)): \(words)"
    switch errno {
    case ECONNREFUSED: return Complaint(what, why: "The peer is not listening yet. Going on.")
    case EMSGSIZE:
      guard let peer, let pathMTU, let bestMTU else {
        return Complaint(what, why: "Datagrams are too long for the path.", cure: "Set MTU=auto.")
      }
      let tooLong = pathMTU - (peer.isIPv6 ? 48 : 28) + 1  // for ping, which counts no headers
      return Complaint(
        what,
        why: """
          A message says that the path carries \(pathMTU) bytes; anybody on it can forge that. Longer datagrams may go \
          in fragments now, for two minutes.
          """,
        cure: """
          Is `ping -M probe -s \(tooLong) \(peer.addressText)` not answered, and is a shorter one? Then it is true: \
          MTU=\(bestMTU) on both sides.
          """)
    case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL:
      return Complaint(
        what, why: "There is no way to the peer at the moment. Going on.", cure: peer?.routeQuestion)
    case EPERM, EACCES:
      return Complaint(what, why: "A firewall or a route on this host forbids it. Going on.", cure: "nft list ruleset")
    default: return Complaint(what, why: "Going on.")
    }
  }

  /// ICMP messages came of datagrams that were too long, and none of them was sent.
  package static func forgery(_ peer: Endpoint?) -> Complaint {
    Complaint(
      "UDP to \(name(of: peer)): a forged message is not heeded",
      why: "It says that a datagram was too long for the path, and quotes one that was never sent.")
  }

  private static func name(of peer: Endpoint?) -> String { peer?.text ?? "the peer" }

  /// Packets for the peer's own address would go into the tunnel that should carry them.
  package static func loop(device: String, peer: Endpoint, remote: String) -> Complaint {
    Complaint(
      "The route to the peer (\(peer.text)) leads into the tunnel (\(device))",
      why: "\(remote) cannot be reached through the tunnel that leads there.",
      cure: "\(peer.routeQuestion)  # give that address a route of its own, outside \(device)")
  }
}
