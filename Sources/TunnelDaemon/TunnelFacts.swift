import Configuration
import LinuxSystem
import ProtocolKit
import Sodium
import TunnelCore

/// What is known of a tunnel once it is built: for the start-up line and for scripts.
struct TunnelFacts {
  let settings: TunnelSettings
  let description: ProtocolDescription
  let device: String
  /// Bytes.
  let mtu: Int
  let local: Endpoint?
  let peer: Endpoint?

  /// One line that tells everything two people would compare when their ends do not meet. `isFloating` is the session's.
  func startLine(isFloating: Bool) -> String {
    var parts = [
      "The tunnel is operational: \(description.name) (\(description.summary))",
      "\(settings.mode.rawValue) device \(device), MTU \(mtu)",
      "local \(local?.text ?? "?")",
      "remote \(peer?.text ?? "not known yet") (\(isFloating ? "floating" : "fixed"))",
    ]
    if description.needsKeys { parts.append("replay window \(settings.replayWindow)") }
    if let key = settings.privateKey?.publicKey { parts.append("this side's public key \(key)") }
    return parts.joined(separator: ", ")
  }

  /// Which tunnel it is, where the peer is now, and what has passed.
  func report(_ snapshot: TunnelSnapshot) -> String {
    "\(description.name) on \(device), peer \(snapshot.peer?.text ?? "not known yet"). \(snapshot.counters.summary)"
  }

  /// The environment of a script: `base` ("NAME=value", without secrets) and the tunnel's facts.
  func environment(base: [String]) -> [String] {
    let facts: [(String, String?)] = [
      ("INTERFACE", device), ("TUN_DEV_NAME", device), ("INTERFACE_MTU", String(mtu)),
      ("PROTOCOL", description.name),
      ("LOCAL_ADDRESS", local?.addressText), ("LOCAL_PORT", local.map { String($0.port) }),
      ("REMOTE_ADDRESS", peer?.addressText), ("REMOTE_PORT", peer.map { String($0.port) }),
      ("REMOTE_KEY", settings.peerKey?.description),
    ]
    let names = Set(facts.map(\.0))
    let others = base.filter { entry in !names.contains(String(entry.prefix { $0 != "=" })) }
    return others + facts.compactMap { name, value in value.map { "\(name)=\($0)" } }
  }
}

extension SessionCounters {
  /// One sentence for the end of a run.
  var summary: String {
    let (sent, received) = (outbound.sent, inbound.received)
    var text = "Sent \(sent.packets) packets (\(sent.bytes) bytes), received \(received.packets) (\(received.bytes))."
    if outbound.drops.total > 0 { text += " Not sent: \(outbound.drops.text)." }
    if inbound.drops.total > 0 { text += " Not taken: \(inbound.drops.text)." }
    return text
  }
}
