/// One tunnel: a link, and a lane for each direction. It knows no cipher, no socket and no device, and belongs to one
/// thread.
public final class Relay {
  public let link: Link
  private let outbound: OutboundLane
  private let inbound: InboundLane
  private let peer: SinglePeer
  private let clock: any Clock

  public init(_ link: Link, clock: any Clock) {
    self.link = link
    self.clock = clock
    let sealer = link.session.sealer
    let headroom = max(64, (sealer.headroom + 15) & ~15)
    outbound = OutboundLane(link.device.burst, headroom: headroom, tailroom: sealer.tailroom, clock: clock)
    inbound = InboundLane(link.transport.burst, headroom: headroom, tailroom: sealer.tailroom, clock: clock)
    peer = SinglePeer(link)
  }

  public var session: Session { link.session }

  /// Lets the transport and the protocol look at their timers. Call it once at the start and then about once a second.
  public func tick() throws {
    let now = clock.now()
    link.transport.tick(at: now)
    session.sealer.tick(at: now)
    session.tick()
    try outbound.seek(link)
    try inbound.tick(link)
    try lookElsewhere()
  }

  /// One batch from the device to the peer.
  public func relayOutbound() throws -> Progress {
    let progress = try outbound.relay(link)
    if progress != .blocked && session.sealer.needsHandshake { try inbound.tick(link) }
    return progress
  }

  /// One batch from the transport to the device.
  public func relayInbound() throws -> Progress { try inbound.relay(from: link.transport, to: peer) }

  /// Counts what the transport keeps apart, and lets the protocol look at a little of it.
  public func lookElsewhere() throws {
    try inbound.lookElsewhere(at: link.transport, for: peer)
    session.countFromElsewhere(link.transport.takeLostFromElsewhere())
  }
}
