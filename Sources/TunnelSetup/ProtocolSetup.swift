package import Configuration
package import ProtocolKit
package import TunnelCore

extension TunnelSettings {
  /// What a protocol is made from.
  package func protocolParameters(start: Moment) -> ProtocolParameters {
    var parameters = ProtocolParameters(
      secretKey: privateKey, peerKey: peerKey, replayWindow: replayWindow, start: start)
    parameters.given = ofProtocols
    return parameters
  }
}
