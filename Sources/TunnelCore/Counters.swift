/// How many were dropped, for each reason.
public struct DropCounts: Sendable {
  private var counts = InlineArray<16, UInt64>(repeating: 0)

  public init() {}

  public subscript(reason: DropReason) -> UInt64 {
    get { counts[Int(reason.rawValue)] }
    set { counts[Int(reason.rawValue)] = newValue }
  }

  public var total: UInt64 {
    var sum: UInt64 = 0
    for reason in DropReason.allCases { sum += self[reason] }
    return sum
  }

  /// The reasons that were met, with their counts: "3 not authentic, 1 late".
  public var text: String {
    DropReason.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) \($0.text)" }.joined(separator: ", ")
  }
}

/// Packets and bytes that went one way.
public struct Traffic: Sendable, Equatable {
  public var packets: UInt64 = 0
  /// Bytes of inner packets, without the protocol's overhead.
  public var bytes: UInt64 = 0

  public init() {}

  mutating func count(_ length: Int) {
    packets += 1
    bytes += UInt64(length)
  }
}

/// What went out in one session since it began. The outbound lane's.
public struct OutboundCounters: Sendable {
  /// Sealed and handed to the transport.
  public var sent = Traffic()
  /// Packets from the device that were not sent.
  public var drops = DropCounts()

  public init() {}
}

/// What came in in one session since it began, and what that was answered with. The inbound lane's.
public struct InboundCounters: Sendable {
  /// Opened and handed to the device.
  public var received = Traffic()
  /// Authentic datagrams without a packet: keepalives and control datagrams.
  public var controlReceived: UInt64 = 0
  public var controlSent: UInt64 = 0
  /// Authentic datagrams that may be recordings of an earlier run.
  public var unproven: UInt64 = 0
  /// Datagrams from the network that were not written.
  public var drops = DropCounts()
  /// How often the peer moved to another endpoint.
  public var roamings: UInt64 = 0

  public init() {}

  /// Everything that was authentic, and of now.
  public var authentic: UInt64 { received.packets + controlReceived }
  /// Every datagram that came.
  public var arrived: UInt64 { authentic + unproven + drops.total }
}

/// What a session has done since it began.
public struct SessionCounters: Sendable {
  public let outbound: OutboundCounters
  public let inbound: InboundCounters
}
