import TunnelCore

/// What a tunnel is like at one moment: taken once a second, and all that reports are made from.
struct TunnelSnapshot {
  var now: Moment
  var peer: Endpoint?
  /// When something authentic and of now came last. CLOCK_BOOTTIME in nanoseconds.
  var lastHeard: UInt64?
  var counters: SessionCounters
  var device: End
  var transport: End
  /// The device's name.
  var deviceName: String
  var local: Endpoint?
  /// Bytes, see `DatagramTransport`.
  var toldPathMTU: Int?
  var forgedMessages: UInt64

  /// What the kernel does not do at one end.
  struct End {
    var failures: FailureTally
    var refusals: [Refusal]

    init(_ end: any KernelEnd) { (failures, refusals) = (end.failures, end.refusals) }
  }

  init(of link: Link, at now: Moment) {
    self.now = now
    peer = link.session.peer
    lastHeard = link.session.lastHeard
    counters = link.session.counters
    device = End(link.device)
    transport = End(link.transport)
    deviceName = link.device.name
    local = link.transport.localEndpoint
    toldPathMTU = link.transport.toldPathMTU
    forgedMessages = link.transport.forgedMessages
  }
}
