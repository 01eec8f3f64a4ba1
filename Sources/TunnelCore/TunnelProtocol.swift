/// A wire format: how packets become datagrams and datagrams packets again. It knows neither socket nor device.
///
/// One object serves one peer and is called from one thread. It is called once for a batch, not for a packet, and
/// works in place: nothing in it should allocate, log or ask for the time while packets pass.
public protocol TunnelProtocol: AnyObject {
  /// Bytes that a datagram has more than its packet.
  var overhead: Int { get }

  /// Bytes that `seal` needs free in front of a packet; at least what it puts there.
  var headroom: Int { get }

  /// Turns every pending packet into a datagram: `.passed`, with its header in front, or `.dropped`.
  /// Whatever the protocol has to say on its own goes into `control`, which leaves before the packets do.
  func seal(_ packets: inout PacketBatch, control: inout PacketBatch, at now: Moment)

  /// Turns every pending datagram into the packet in it: `.passed` (an empty one is a keepalive), `.consumed`,
  /// `.unproven`, or `.dropped`. Only authentic and fresh datagrams may end as passed or consumed: the relay believes
  /// their address. What is authentic but may have been recorded before the start is unproven.
  /// Datagrams that are not pending are none of the protocol's business.
  func open(_ datagrams: inout PacketBatch, control: inout PacketBatch, at now: Moment)

  /// Called once before anything else, then about once a second. For handshakes and their timers.
  func tick(control: inout PacketBatch, at now: Moment)

  /// Whether a datagram's number or time tells that it is none of those that were opened before; false if it is, or
  /// would be refused as too old; nil if the format cannot tell, or nothing was opened yet that it could be newer than.
  /// For diagnosis: nothing is authentic here, and nothing changes.
  func isNew(_ datagram: RawSpan) -> Bool?
}

extension TunnelProtocol {
  public func tick(control: inout PacketBatch, at now: Moment) {}
  public func isNew(_ datagram: RawSpan) -> Bool? { nil }
}
