/// A wire format at work for one peer: how packets become datagrams, and datagrams packets again. It knows neither socket
/// nor device.
///
/// Each direction has an object of its own. What the two share is what a handshake hands over, and a protocol has one type
/// for that: it alone would have to know of threads if each direction had one. As yet a link has one thread. Both are
/// called once for a range of a batch, not for a packet, and work in place: nothing in them should allocate, log or ask
/// for the time while packets pass.
public struct TunnelProtocol {
  public let sealer: any PacketSealer
  public let opener: any PacketOpener

  public init(sealer: any PacketSealer, opener: any PacketOpener) {
    self.sealer = sealer
    self.opener = opener
  }
}

/// Packets to datagrams.
public protocol PacketSealer: AnyObject {
  /// Bytes that a datagram has more than its packet.
  var overhead: Int { get }

  /// Bytes that `seal` needs free in front of a packet; at least what it puts there.
  var headroom: Int { get }

  /// Bytes that `seal` needs free behind a packet, for formats whose tag comes last.
  var tailroom: Int { get }

  /// Turns every pending packet in `range` into a datagram: `.passed`, with its header in front, or `.dropped`.
  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment)

  /// Whether the opener's `tick` should come at once, since a packet found no key, or one that is nearly used up. Asked
  /// after each `seal`.
  var needsHandshake: Bool { get }

  /// Called once before anything else, then about once a second.
  func tick(at now: Moment)
}

/// Datagrams to packets, and what the protocol itself has to say.
public protocol PacketOpener: AnyObject {
  /// Turns every pending datagram in `range` into the packet in it: `.passed` (an empty one is a keepalive),
  /// `.consumed`, `.unproven`, or `.dropped`. Only authentic and fresh datagrams may end as passed or consumed: the
  /// session believes their address, unless they pass as overtaken. What is authentic but may have been recorded before
  /// the start is unproven.
  /// Datagrams that are not pending are none of the protocol's business. Answers go into `control`.
  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment)

  /// Called once before anything else, then about once a second. For handshakes and their timers.
  func tick(control: inout PacketBatch, at now: Moment)

  /// Whether a datagram's number or time tells that it is none of those that were opened before; false if it is, or
  /// would be refused as too old; nil if the format cannot tell, or nothing was opened yet that it could be newer than.
  /// For diagnosis: nothing is authentic here, and nothing changes.
  func isNew(_ datagram: RawSpan) -> Bool?
}

extension PacketSealer {
  public var tailroom: Int { 0 }
  public var needsHandshake: Bool { false }
  public func tick(at now: Moment) {}
}

extension PacketOpener {
  public func tick(control: inout PacketBatch, at now: Moment) {}
  public func isNew(_ datagram: RawSpan) -> Bool? { nil }
}

/// Whole batches, for whoever has one peer and one thread.
extension TunnelProtocol {
  public func seal(_ packets: inout PacketBatch, at now: Moment) { sealer.seal(&packets, 0..<packets.count, at: now) }

  public func open(_ datagrams: inout PacketBatch, control: inout PacketBatch, at now: Moment) {
    opener.open(&datagrams, 0..<datagrams.count, control: &control, at: now)
  }

  public func tick(control: inout PacketBatch, at now: Moment) {
    sealer.tick(at: now)
    opener.tick(control: &control, at: now)
  }
}
