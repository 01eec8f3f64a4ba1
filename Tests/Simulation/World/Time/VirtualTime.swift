/// Nanoseconds since the world began. True time: no host's clock has to show it.
typealias Time = UInt64

extension Time {
  static func seconds(_ number: Double) -> Time { Time((number * 1000).rounded()) * millisecond }
  static func milliseconds(_ number: Int) -> Time { Time(number) * millisecond }
  private static let millisecond: Time = 1_000_000
  var inSeconds: Double { Double(self) / 1e9 }
}

/// What is to be done and when, in one order: by time, and what has the same time as it was added.
struct EventQueue {
  private struct Entry {
    var time: Time
    var number: UInt64
    var action: () -> Void

    func isBefore(_ other: Entry) -> Bool { (time, number) < (other.time, other.number) }
  }

  private(set) var now: Time = 0
  /// A binary heap.
  private var entries: [Entry] = []
  private var added: UInt64 = 0

  mutating func add(at time: Time, _ action: @escaping () -> Void) {
    entries.append(Entry(time: max(time, now), number: added, action: action))
    added += 1
    var child = entries.count - 1
    while child > 0, entries[child].isBefore(entries[(child - 1) / 2]) {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The next that is due until `end`, with the time moved to when it is; nil, with the time at `end`, if none is.
  mutating func next(until end: Time) -> (() -> Void)? {
    guard let first = entries.first, first.time <= end else {
      now = max(now, end)
      return nil
    }
    now = first.time
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink()
    }
    return first.action
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].isBefore(entries[least]) {
        least = child
      }
      if least == parent { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
