package import TunnelCore

/// One datagram and what became of it.
package struct DatagramSample: Sendable {
  /// As it came.
  package var datagram: [UInt8]
  package var endpoint: Endpoint
  /// Why it was dropped; nil if it was not.
  package var reason: DropReason?
  /// What was in it, if it was opened and not empty.
  package var packet: [UInt8]
  /// What the protocol said of it when the sample was taken, see `PacketOpener.isNew`.
  package var isNew: Bool?

  package init(
    datagram: [UInt8], endpoint: Endpoint, reason: DropReason? = nil, packet: [UInt8] = [], isNew: Bool? = nil
  ) {
    self.datagram = datagram
    self.endpoint = endpoint
    self.reason = reason
    self.packet = packet
    self.isNew = isNew
  }
}
