package import Configuration
package import TunnelCore
import Transports

/// Settings to the end that reaches the peer.
package enum TransportSetup {
  /// A transport on the address and port that the settings ask for. `local` is that address, if one is asked for, and
  /// `peer` where the peer is, if that is known. Throws a complaint if the port cannot be had.
  package static func open(
    _ settings: TunnelSettings, local: Endpoint?, peer: Endpoint?
  ) throws -> any DatagramTransport {
    let socket = try SocketSetup.bind(local, port: settings.localPort, peer: peer)
    var options = UDPTransport.Options()
    options.usesOffloads = settings.offload != .off
    options.fixedPeer = settings.remoteFloat ? nil : peer
    return UDPTransport(socket, options: options)
  }

  /// Bytes that the network puts before a datagram for the peer, where there is no transport to be asked.
  package static func headerBytes(towards peer: Endpoint?) -> Int { UDPHeaders.byteCount(towards: peer) }
}
