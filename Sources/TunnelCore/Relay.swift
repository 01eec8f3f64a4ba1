/// Moves packets between a device and a transport through a protocol, and keeps track of where the peer is.
///
/// Outbound: 1. the device fills a batch; 2. the protocol seals it; 3. what the protocol itself has to say leaves
/// first; 4. the datagrams leave for the peer. What the socket cannot take now waits, and the device with it.
///
/// Inbound: 1. the transport fills a batch; 2. datagrams from elsewhere are dropped if the peer is fixed; 3. the
/// protocol opens the rest; 4. its answers leave; 5. the last authentic datagram tells where a floating peer is;
/// 6. the packets go to the device.
///
/// The relay knows no cipher, no socket and no device. It belongs to one thread.
public final class Relay {
  /// What a step of one direction came to.
  public enum Progress: Sendable, Equatable {
    /// Nothing more waits at the source.
    case idle
    /// Another step may find more.
    case more
    /// The transport would block: come again when it can be written to.
    case blocked
  }

  public struct Options: Sendable {
    /// Where the peer is, if that is known.
    public var peer: Endpoint?
    /// Whether an authentic datagram from elsewhere moves the peer there. A peer not known yet always floats.
    public var isFloating: Bool

    public init(peer: Endpoint?, isFloating: Bool) {
      self.peer = peer
      self.isFloating = isFloating || peer == nil
    }
  }

  private let device: any PacketDevice
  private let transport: any DatagramTransport
  private let wireFormat: any TunnelProtocol
  private let clock: any Clock
  private let isFloating: Bool

  private var outbound: PacketBatch
  private var inbound: PacketBatch
  private var control: PacketBatch
  /// The first datagram of `outbound` that has not been sent yet.
  private var unsent = 0
  /// Batches of what the transport keeps apart that are read at once, at most.
  private static let mostLooksElsewhere = 4

  /// Where datagrams go now.
  public private(set) var peer: Endpoint?
  public private(set) var counters = TunnelCounters()
  /// Called after an authentic datagram moved the peer: from where (nil the first time), to where.
  public var onRoaming: ((_ from: Endpoint?, _ to: Endpoint) -> Void)?

  /// One datagram and what became of it, for whoever works out why nothing arrives.
  public struct Glimpse: Sendable {
    /// As it came.
    public var datagram: [UInt8]
    public var endpoint: Endpoint
    /// Why it was dropped; nil if it was not.
    public var reason: DropReason?
    /// What was in it, if it was opened and not empty.
    public var packet: [UInt8]
    /// What the protocol said of it when the glimpse was taken, see `TunnelProtocol.isNew`.
    public var isNew: Bool?
  }

  /// Set it to keep the first datagram of the next batch. That costs copies, so nobody should for every packet.
  public var wantsGlimpse = false
  private var glimpse: Glimpse?

  /// Takes what was kept.
  public func takeGlimpse() -> Glimpse? {
    defer { glimpse = nil }
    if let datagram = glimpse?.datagram { glimpse?.isNew = unsafe wireFormat.isNew(datagram.span.bytes) }
    return glimpse
  }

  public init(
    device: any PacketDevice, transport: any DatagramTransport, protocol wireFormat: any TunnelProtocol,
    clock: any Clock, options: Options
  ) {
    self.device = device
    self.transport = transport
    self.wireFormat = wireFormat
    self.clock = clock
    isFloating = options.isFloating
    peer = options.peer
    let headroom = max(64, (wireFormat.headroom + 15) & ~15)
    outbound = PacketBatch(byteCapacity: 6 * PacketBatch.largestPacket, slotCapacity: 256, headroom: headroom)
    inbound = PacketBatch(byteCapacity: 9 * PacketBatch.largestPacket, slotCapacity: 1024, headroom: headroom)
    control = PacketBatch(byteCapacity: PacketBatch.largestPacket, slotCapacity: 64, headroom: headroom)
  }

  /// Lets the transport and the protocol look at their timers. Call it once at the start and then about once a second.
  public func tick() throws {
    let now = clock.now()
    transport.tick(at: now)
    wireFormat.tick(control: &control, at: now)
    try sendControl()
    try lookElsewhere()
  }

  // MARK: Outbound

  /// One batch from the device to the peer.
  public func relayOutbound() throws -> Progress {
    guard try sendRest() else { return .blocked }
    outbound.removeAll()
    unsent = 0
    let outcome = try device.receive(into: &outbound)
    if outbound.isEmpty { return .idle }
    wireFormat.seal(&outbound, control: &control, at: clock.now())
    try sendControl()
    address(&outbound)
    guard try sendRest() else { return .blocked }
    return outcome == .more ? .more : .idle
  }

  /// Sends what is left of the outbound batch. False if some of it has to wait.
  private func sendRest() throws -> Bool {
    let start = unsent
    if start == outbound.count { return true }
    unsent = try transport.send(&outbound, from: start)
    for index in start..<unsent {
      switch outbound.state(of: index) {
      case .passed: counters.sent.count(outbound.length(of: index) - wireFormat.overhead)
      case .dropped(let reason): counters.sendDrops[reason] += 1
      case .pending, .consumed, .unproven: break
      }
    }
    return unsent == outbound.count
  }

  /// Fills in where datagrams go that do not name a place themselves.
  private func address(_ batch: inout PacketBatch) {
    for index in 0..<batch.count where batch.endpoint(of: index) == .unspecified {
      if let peer {
        batch.setEndpoint(of: index, peer)
      } else if batch.state(of: index) == .passed {
        batch.drop(index, .noPeer)
      }
    }
  }

  /// Sends what the protocol has to say on its own. Control datagrams that the socket cannot take now are lost as
  /// they might be on any network; the protocol's timers send them again.
  private func sendControl() throws {
    if control.isEmpty { return }
    address(&control)
    let sent = try transport.send(&control, from: 0)
    for index in 0..<sent where control.state(of: index) == .passed { counters.controlSent += 1 }
    control.removeAll()
  }

  // MARK: Inbound

  /// One batch from the transport to the device.
  public func relayInbound() throws -> Progress {
    inbound.removeAll()
    let outcome = try transport.receive(into: &inbound)
    if inbound.isEmpty { return .idle }
    try openInbound()
    return outcome == .more ? .more : .idle
  }

  /// A look at what the transport keeps apart, which is mostly strangers': they are counted, and one may be kept for a
  /// glimpse. However much it is, only a little of it is read.
  public func lookElsewhere() throws {
    for _ in 0..<Self.mostLooksElsewhere {
      inbound.removeAll()
      let outcome = try transport.receiveFromElsewhere(into: &inbound)
      if !inbound.isEmpty { try openInbound() }
      if outcome == .drained { break }
    }
    counters.receiveDrops[.fromElsewhere] += transport.takeLostFromElsewhere()
  }

  private func openInbound() throws {
    let isWatched = wantsGlimpse
    if isWatched { beginGlimpse() }
    if !isFloating { dropStrangers() }
    wireFormat.open(&inbound, control: &control, at: clock.now())
    if isWatched { endGlimpse() }
    try sendControl()
    if isFloating { followPeer() }
    try device.send(&inbound)
    countInbound()
  }

  private func beginGlimpse() {
    wantsGlimpse = false
    glimpse = Glimpse(datagram: inbound.copy(of: 0), endpoint: inbound.endpoint(of: 0), packet: [])
  }

  private func endGlimpse() {
    switch inbound.state(of: 0) {
    case .dropped(let reason): glimpse?.reason = reason
    case .passed: glimpse?.packet = inbound.copy(of: 0)
    case .pending, .consumed, .unproven: break
    }
  }

  private func dropStrangers() {
    guard let peer else { return }
    for index in 0..<inbound.count where inbound.endpoint(of: index) != peer { inbound.drop(index, .fromElsewhere) }
  }

  /// The last authentic datagram of the batch that is surely of now tells where the peer is.
  private func followPeer() {
    for index in stride(from: inbound.count - 1, through: 0, by: -1) {
      switch inbound.state(of: index) {
      case .passed, .consumed: return movePeer(to: inbound.endpoint(of: index))
      case .pending, .unproven, .dropped: continue
      }
    }
  }

  private func movePeer(to endpoint: Endpoint) {
    guard endpoint != peer else { return }
    let before = peer
    peer = endpoint
    counters.roamings += 1
    onRoaming?(before, endpoint)
  }

  private func countInbound() {
    for index in 0..<inbound.count {
      switch inbound.state(of: index) {
      case .passed where inbound.length(of: index) > 0: counters.received.count(inbound.length(of: index))
      case .passed, .consumed: counters.controlReceived += 1
      case .unproven: counters.unproven += 1
      case .dropped(let reason): counters.receiveDrops[reason] += 1
      case .pending: break
      }
    }
  }
}
