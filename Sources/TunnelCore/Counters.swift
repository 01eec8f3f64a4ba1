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

/// What a tunnel has done since it started.
public struct TunnelCounters: Sendable {
  /// Sealed and handed to the transport.
  public var sent = Traffic()
  /// Opened and handed to the device.
  public var received = Traffic()
  /// Authentic datagrams without a packet: keepalives and control datagrams.
  public var controlReceived: UInt64 = 0
  public var controlSent: UInt64 = 0
  /// Everything that was authentic, and of now.
  public var authentic: UInt64 { received.packets + controlReceived }
  /// Authentic datagrams that may be recordings of an earlier run.
  public var unproven: UInt64 = 0
  /// Packets from the device that were not sent.
  public var sendDrops = DropCounts()
  /// Datagrams from the network that were not written.
  public var receiveDrops = DropCounts()
  /// Every datagram that came.
  public var arrived: UInt64 { authentic + unproven + receiveDrops.total }
  /// How often the peer moved to another endpoint.
  public var roamings: UInt64 = 0

  public init() {}
}

/// How often the kernel refused something at one end of the relay, by errno. Survivable by definition.
public struct FailureTally: Sendable {
  public struct Entry: Sendable, Equatable {
    public var errno: Int32
    public var count: UInt64
  }

  /// In the order first met. A handful of different errnos at most.
  public private(set) var entries: [Entry] = []

  public init() { entries.reserveCapacity(16) }

  public mutating func count(_ errno: Int32, times: UInt64 = 1) {
    for index in entries.indices where entries[index].errno == errno {
      entries[index].count += times
      return
    }
    entries.append(Entry(errno: errno, count: times))
  }

  public subscript(errno: Int32) -> UInt64 { entries.first { $0.errno == errno }?.count ?? 0 }
}
