package import Configuration
import Glibc
import LinuxSystem
package import SystemPackage
package import TunnelCore

/// What is wrong on the way to the peer while a tunnel runs, by the kernel's errors and routes.
package enum PathTrouble {
  /// Sending to `peer` (nil if it is not known) failed, or an ICMP message said so. `pathMTU` is what that message told,
  /// if there was one, and `bestMTU` what the device's MTU would have to be for it; both in bytes.
  package static func sending(
    to peer: Endpoint?, _ errno: Errno, pathMTU: Int? = nil, bestMTU: Int? = nil
  ) -> Complaint {
    let what = "UDP to \(name(of: peer)): \(errno)"
    switch errno.rawValue {
    case ECONNREFUSED: return Complaint(what, why: "The peer is not listening yet. Going on.")
    case EMSGSIZE:
      guard let peer, let pathMTU, let bestMTU else {
        return Complaint(what, why: "Datagrams are too long for the path.", cure: "Set MTU=auto.")
      }
      return tooLong(what, peer, pathMTU: pathMTU, bestMTU: bestMTU)
    case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL:
      return Complaint(
        what, why: "There is no way to the peer at the moment. Going on.", cure: peer.map { Cure.askRoute(to: $0) })
    case EPERM, EACCES:
      return Complaint(what, why: "A firewall or a route on this host forbids it. Going on.", cure: "nft list ruleset")
    default: return Complaint(what, why: "Going on.")
    }
  }

  private static func tooLong(_ what: String, _ peer: Endpoint, pathMTU: Int, bestMTU: Int) -> Complaint {
    // One byte more than the path is said to carry. ping counts no headers; ICMP's is as long as UDP's.
    let probe = pathMTU - UDPHeaders.byteCount(towards: peer) + 1
    // The two minutes are PathSize.patience of Transports, which this module does not know.
    return Complaint(
      what,
      why: """
        A message says that the path carries \(pathMTU) bytes; anybody on it can forge that. Longer datagrams may go \
        in fragments now, for two minutes.
        """,
      cure: """
        Is `ping -M probe -s \(probe) \(peer.addressText)` not answered, and is a shorter one? Then it is true: \
        MTU=\(bestMTU) on both sides.
        """)
  }

  /// ICMP messages came of datagrams that were too long, and none of them was sent.
  package static func forgedMessage(of peer: Endpoint?) -> Complaint {
    Complaint(
      "UDP to \(name(of: peer)): a forged message is not heeded",
      why: "It says that a datagram was too long for the path, and quotes one that was never sent.")
  }

  /// Nothing at all has come in the first `seconds` in which something was sent.
  package static func nothingCame(from peer: Endpoint?, seconds: Int) -> Complaint {
    Complaint(
      "Nothing has come from \(name(of: peer)) in \(seconds) s",
      why: "It may not be running yet, or a firewall between may not let UDP pass.",
      cure: "Is it started there, with this host's address and port? Does a firewall let its UDP port in?")
  }

  private static func name(of peer: Endpoint?) -> String { peer?.text ?? "the peer" }

  /// Packets for the peer's own address would go into the tunnel that should carry them. `remote` is the setting as it
  /// was written.
  package static func loop(device: String, peer: Endpoint, remote: String) -> Complaint {
    Complaint(
      "The route to the peer (\(peer.text)) leads into the tunnel (\(device))",
      why: "\(remote) cannot be reached through the tunnel that leads there.",
      cure: "\(Cure.askRoute(to: peer))  # give that address a route of its own, outside \(device)")
  }
}
