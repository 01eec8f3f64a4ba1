package import Configuration
package import LinuxSystem
package import TunnelCore
import Transports

/// Settings to the end that reaches the peer.
package enum TransportSetup {
  /// Takes over a bound socket. `peer` is where the peer is, if that is known.
  package static func open(
    _ socket: UDPSocket, _ settings: TunnelSettings, peer: Endpoint?
  ) -> any DatagramTransport {
    var options = UDPTransport.Options()
    options.usesOffloads = settings.offload != .off
    options.fixedPeer = settings.remoteFloat ? nil : peer
    return UDPTransport(socket, options: options)
  }

  /// Bytes that the network puts before a datagram for the peer; as with IPv4 where it is not known yet.
  package static func headerBytes(towards peer: Endpoint?) -> Int {
    UDPHeaders.byteCount(towards: peer)
  }
}
