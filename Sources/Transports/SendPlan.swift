import TunnelCore

/// How the datagrams of a batch leave in one call of sendmmsg(2): in which messages, and which of these the kernel cuts
/// apart again. Memory is allocated once.
struct SendPlan {
  /// Neighbours that leave together, or one datagram alone.
  struct Message: Equatable {
    /// From the first of them to the slot after the last. Slots in between that did not pass are stepped over.
    var slots: Range<Int>
    /// The I/O vectors that point at them.
    var vectors: Range<Int>
    /// What the kernel cuts at, in bytes; 0 for one datagram alone.
    var segmentSize: Int
  }

  private(set) var messages: [Message] = []
  private let mostMessages: Int
  private let mostVectors: Int

  init(mostMessages: Int, mostVectors: Int) {
    (self.mostMessages, self.mostVectors) = (mostMessages, mostVectors)
    messages.reserveCapacity(mostMessages)
  }

  /// Lays out as many messages as there is room for, from slot `index` on. False if nothing is left to send.
  mutating func lay(out datagrams: borrowing PacketBatch, from index: Int, by segmentation: Segmentation) -> Bool {
    messages.removeAll(keepingCapacity: true)
    var (slot, vector) = (index, 0)
    while messages.count < mostMessages && vector < mostVectors {
      guard let first = Self.nextPassed(datagrams, from: slot) else { break }
      let run = segmentation.run(in: datagrams, from: first, mostSlots: mostVectors - vector)
      messages.append(
        Message(
          slots: first..<run.end, vectors: vector..<vector + run.count,
          segmentSize: run.count > 1 ? datagrams.length(of: first) : 0))
      (slot, vector) = (run.end, vector + run.count)
    }
    return !messages.isEmpty
  }

  /// The slot to go on from when `count` messages have been sent.
  func slot(after count: Int) -> Int {
    count < messages.count ? messages[count].slots.lowerBound : messages[count - 1].slots.upperBound
  }

  /// The first slot at or after `index` that is to be sent.
  static func nextPassed(_ datagrams: borrowing PacketBatch, from index: Int) -> Int? {
    var slot = index
    while slot < datagrams.count {
      if datagrams.state(of: slot) == .passed { return slot }
      slot += 1
    }
    return nil
  }
}
