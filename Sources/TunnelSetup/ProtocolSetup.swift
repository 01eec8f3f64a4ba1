package import Configuration
package import ProtocolKit
package import TunnelCore

extension TunnelSettings {
  /// What a protocol is made from.
  package func protocolParameters(start: Moment) -> ProtocolParameters {
    ProtocolParameters(
      secretKey: privateKey, peerKey: peerKey, timeWindow: timeWindow, role: role, replayWindow: replayWindow,
      start: start)
  }
}
