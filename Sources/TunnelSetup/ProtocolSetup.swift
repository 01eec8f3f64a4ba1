package import Configuration
package import Logging
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

  /// The protocol at work, which numbers on from where the last one with these keys came to. What cannot be remembered is
  /// logged. `environment` has entries "NAME=value".
  package func makeProtocol(
    _ description: ProtocolDescription, environment: [String], at start: Moment, _ log: Logger
  ) throws(Complaint) -> TunnelProtocol {
    var parameters = protocolParameters(start: start)
    parameters.mark = StoredHighWaterMark.find(self, description, environment: environment, at: start, log)
    do throws(ProtocolError) {
      return try description.make(parameters)
    } catch {
      throw Complaint(error, of: description.name)
    }
  }
}
