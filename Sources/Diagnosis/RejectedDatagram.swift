package import TunnelCore

/// One datagram that was not taken.
package struct RejectedDatagram: Sendable {
  package var datagram: [UInt8]
  package var endpoint: Endpoint
  package var reason: DropReason
  /// What the protocol that runs says of it, see `PacketOpener.isNew`.
  package var isNew: Bool?

  package init(datagram: [UInt8], endpoint: Endpoint, reason: DropReason, isNew: Bool? = nil) {
    self.datagram = datagram
    self.endpoint = endpoint
    self.reason = reason
    self.isNew = isNew
  }

  /// Nil if the datagram was taken.
  package init?(_ sample: DatagramSample) {
    guard let reason = sample.reason else { return nil }
    self.init(datagram: sample.datagram, endpoint: sample.endpoint, reason: reason, isNew: sample.isNew)
  }
}
