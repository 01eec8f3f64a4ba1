/// All that belongs to one peer: the protocol with its keys, where the peer is and who may move it, what was counted,
/// and when it was heard last.
///
/// The outbound lane reads where the peer is and counts what leaves; all else is the inbound lane's. They share where the
/// peer is, and no counter.
public final class Session {
  public let sealer: any PacketSealer
  public let opener: any PacketOpener
  /// Whether an authentic datagram from elsewhere moves the peer there.
  public let isFloating: Bool

  /// Where the configuration has the peer; nil if it is only known once it is heard.
  private let home: Endpoint?
  /// Where datagrams go now; nil while nobody knows.
  public private(set) var peer: Endpoint?
  /// When something authentic and of now came last; nil if nothing did. CLOCK_BOOTTIME.
  public private(set) var lastHeard: UInt64?
  private var homing = Homing()
  /// Home, while the peer does not answer anywhere else: it is looked for there once a second.
  private(set) var soughtAt: Endpoint?
  private var outbound = OutboundCounters()
  private var inbound = InboundCounters()
  /// A copy of both directions', each of which its own lane counts.
  public var counters: SessionCounters { SessionCounters(outbound: outbound, inbound: inbound) }
  /// Called after an authentic datagram moved the peer: from where (nil the first time), to where.
  public var onRoaming: ((_ from: Endpoint?, _ to: Endpoint) -> Void)?

  /// A session with a peer at `peer`, if that is known. A peer not known yet always floats.
  public init(_ wireFormat: TunnelProtocol, peer: Endpoint?, isFloating: Bool) {
    sealer = wireFormat.sealer
    opener = wireFormat.opener
    self.peer = peer
    home = peer
    self.isFloating = isFloating || peer == nil
  }

  // MARK: Outbound

  /// Fills in where datagrams go that do not name a place themselves.
  func address(_ datagrams: inout PacketBatch) {
    for index in 0..<datagrams.count where datagrams.endpoint(of: index) == .unspecified {
      if let peer {
        datagrams.setEndpoint(of: index, peer)
      } else if datagrams.state(of: index) == .passed {
        datagrams.drop(index, .noPeer)
      }
    }
  }

  /// Counts the datagrams in `range`, which the transport has dealt with.
  func countSent(_ datagrams: borrowing PacketBatch, _ range: Range<Int>) {
    let overhead = sealer.overhead
    var counts = outbound
    for index in range {
      switch datagrams.state(of: index) {
      case .passed: counts.sent.count(max(0, datagrams.length(of: index) - overhead))
      case .dropped(let reason): counts.drops[reason] += 1
      case .pending, .consumed, .unproven: break
      }
    }
    outbound = counts
  }

  /// Doubles what the protocol says of its own while the peer is sought at home: it may be there, or where it was.
  func seek(with control: inout PacketBatch) {
    guard let soughtAt else { return }
    for index in 0..<control.count where control.endpoint(of: index) == .unspecified {
      control.appendCopy(ofPassed: index, to: soughtAt)
    }
  }

  // MARK: Inbound

  /// Drops what is not from a fixed peer.
  func dropFromElsewhere(_ datagrams: inout PacketBatch, _ range: Range<Int>) {
    guard !isFloating, let peer else { return }
    for index in range where datagrams.endpoint(of: index) != peer { datagrams.drop(index, .fromElsewhere) }
  }

  /// The last authentic datagram in `range` that is surely of now tells that the peer is there, and, if it floats, where.
  func follow(_ datagrams: borrowing PacketBatch, _ range: Range<Int>, at now: Moment) {
    for index in range.reversed() where datagrams.endpoint(of: index) != .unspecified {
      switch datagrams.state(of: index) {
      case .passed, .consumed:
        lastHeard = now.monotonicNanoseconds
        if isFloating { move(to: datagrams.endpoint(of: index)) }
        return
      case .pending, .unproven, .dropped: continue
      }
    }
  }

  /// How often there was something to say to the peer, with a key for it or without.
  private var tries: UInt64 { outbound.sent.packets + outbound.drops[.noKey] + inbound.controlSent }

  /// To be called about once a second.
  func tick() {
    let isSilent = homing.isSilent(heard: lastHeard, tries: tries)
    soughtAt = isSilent && peer != home ? home : nil
  }

  private func move(to endpoint: Endpoint) {
    guard endpoint != peer else { return }
    soughtAt = nil
    let before = peer
    peer = endpoint
    inbound.roamings += 1
    onRoaming?(before, endpoint)
  }

  /// Counts what became of the datagrams in `range`.
  func countReceived(_ datagrams: borrowing PacketBatch, _ range: Range<Int>) {
    var counts = inbound
    for index in range {
      switch datagrams.state(of: index) {
      case .passed where datagrams.length(of: index) > 0: counts.received.count(datagrams.length(of: index))
      case .passed, .consumed: counts.controlReceived += 1
      case .unproven: counts.unproven += 1
      case .dropped(let reason): counts.drops[reason] += 1
      case .pending: break
      }
    }
    inbound = counts
  }

  /// Counts `count` control datagrams that were sent.
  func countControl(_ count: UInt64) { inbound.controlSent += count }

  /// Counts datagrams from elsewhere than the fixed peer that nobody has looked at.
  func countFromElsewhere(_ count: UInt64) { inbound.drops[.fromElsewhere] += count }
}
