import Configuration
import LinuxSystem
package import ProtocolKit
package import TunnelCore

extension CheckRules {
  /// What a protocol itself minds. Keys that are missing or weak are told of by those that read them.
  package static func refusal(of description: ProtocolDescription, _ parameters: ProtocolParameters) -> [Finding] {
    do throws(ProtocolError) {
      _ = try description.make(parameters)
      return []
    } catch {
      guard case .refused = error else { return [] }
      return [Finding("configuration", .problem, Complaint(error, of: description.name))]
    }
  }

  /// A peer that was called and has not answered for `seconds`.
  package static func silence(_ peer: Endpoint, _ description: ProtocolDescription, seconds: Int) -> Finding {
    Finding(
      "peer", description.answersUnasked ? .problem : .warning, "\(peer.text): no answer in \(seconds) s",
      why: description.answersUnasked
        ? "It is not running, has another PUBLIC_KEY for us, or a firewall does not let UDP pass."
        : "\(description.name) has no handshake: the peer speaks only when it has a packet, so it may be well.")
  }
}
