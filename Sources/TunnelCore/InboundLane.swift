/// From the network to devices: what one thread needs for that direction, however many links it serves.
///
/// 1. The transport fills the batch; 2. the demultiplexer tells whose they are, run by run; 3. what is not from a fixed
/// peer is dropped; 4. the session's protocol opens the rest; 5. its answers leave; 6. the last authentic datagram tells
/// where a floating peer is; 7. the packets go to the device.
public final class InboundLane {
  private let clock: any Clock
  private var batch: PacketBatch
  private var control: PacketBatch

  /// How many datagrams were nobody's.
  public private(set) var unclaimed: UInt64 = 0

  /// A lane for transports that bring at most `burst` at once, and for protocols whose own datagrams need no more room than
  /// `headroom` before them and `tailroom` behind.
  public init(_ burst: Burst, headroom: Int, tailroom: Int, clock: any Clock) {
    self.clock = clock
    batch = PacketBatch(for: burst)
    control = PacketBatch(for: Burst(packets: 64, buffers: 1), headroom: headroom, tailroom: tailroom)
  }

  /// One batch from the transport to the devices of those whom it is for.
  public func relay(from transport: any DatagramTransport, to demultiplexer: any Demultiplexer) throws -> Progress {
    batch.removeAll()
    let outcome = try transport.receive(into: &batch)
    if batch.isEmpty { return .idle }
    try open(for: demultiplexer)
    return outcome == .more ? .more : .idle
  }

  /// A look at what the transport keeps apart, which is mostly strangers': they are counted, and the protocol may look at
  /// them. However much it is, only a little of it is read.
  public func lookElsewhere(at transport: any DatagramTransport, for demultiplexer: any Demultiplexer) throws {
    for _ in 0..<Self.mostLooksElsewhere {
      batch.removeAll()
      let outcome = try transport.receiveFromElsewhere(into: &batch)
      if !batch.isEmpty { try open(for: demultiplexer) }
      if outcome == .drained { break }
    }
  }

  /// Batches of what the transport keeps apart that are read at once, at most.
  private static let mostLooksElsewhere = 4

  /// Lets the session's protocol look at its timers.
  public func tick(_ link: Link) throws {
    link.session.opener.tick(control: &control, at: clock.now())
    try sendControl(link)
  }

  private func open(for demultiplexer: any Demultiplexer) throws {
    let now = clock.now()
    var start = 0
    while start < batch.count {
      let owner = demultiplexer.owner(of: batch, at: start)
      // Whatever it made of the bytes: a datagram at least, and none that did not come.
      let range = start..<min(max(owner.end, start + 1), batch.count)
      if let link = owner.link {
        try open(range, for: link, at: now)
      } else {
        unclaimed += UInt64(range.count)
      }
      start = range.upperBound
    }
  }

  private func open(_ range: Range<Int>, for link: Link, at now: Moment) throws {
    let session = link.session
    session.dropFromElsewhere(&batch, range)
    session.opener.open(&batch, range, control: &control, at: now)
    try sendControl(link)
    session.follow(batch, range, at: now)
    try link.device.send(&batch, range)
    session.countReceived(batch, range)
  }

  /// Sends what the protocol has to say on its own. Control datagrams that the socket cannot take now are lost as
  /// they might be on any network; the protocol's timers send them again.
  private func sendControl(_ link: Link) throws {
    if control.isEmpty { return }
    defer { control.removeAll() }
    link.session.seek(with: &control)
    link.session.address(&control)
    let end = try link.transport.send(&control, from: 0)
    var sent: UInt64 = 0
    for index in 0..<end where control.state(of: index) == .passed { sent += 1 }
    link.session.countControl(sent)
  }
}
