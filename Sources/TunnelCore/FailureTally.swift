/// How often the kernel refused something at one end, by errno. Survivable by definition.
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
