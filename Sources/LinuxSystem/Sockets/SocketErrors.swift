import CLinux
package import TunnelCore

extension UDPSocket {
  /// An entry of the error queue (ip(7), IP_RECVERR).
  package struct QueuedError: Sendable {
    /// What an ICMP message stands for.
    package var errno: Int32
    /// With EMSGSIZE the next hop's MTU, in bytes.
    package var information: UInt32
    /// An ICMP message, rather than this host's own refusal, which whoever sent has been told of.
    package var isFromNetwork: Bool
    /// Where the datagram went that it is about, if that is told.
    package var destination: Endpoint?
    /// What the message quotes of that datagram: its first bytes, 32 at most. A router may quote none.
    package var quote: [UInt8]

    package init(
      errno: Int32, information: UInt32, isFromNetwork: Bool, destination: Endpoint?, quote: [UInt8]
    ) {
      self.errno = errno
      self.information = information
      self.isFromNetwork = isFromNetwork
      self.destination = destination
      self.quote = quote
    }
  }

  /// Takes one entry from the error queue, or nil if it is empty.
  package func nextError() -> QueuedError? {
    var entry = clinux_queued_error()
    guard unsafe clinux_receive_error(rawValue, &entry) == 1 else { return nil }
    let destination = unsafe SocketAddress.read(&entry.destination)
    let quote = unsafe withUnsafeBytes(of: &entry.quote) { unsafe Array($0.prefix(Int(entry.quote_length))) }
    return QueuedError(
      errno: entry.error, information: entry.information, isFromNetwork: entry.is_from_network != 0,
      destination: destination, quote: quote)
  }
}
