import Testing
import TunnelCore

@testable import Transports

/// Which calls and messages a batch leaves in: what is expected of the kernel, without one.
@Suite("The plan of a call that sends")
struct SendPlanTests {
  private let peer = Endpoint(ipv4: 0xc000_0201, port: 2998)
  private let other = Endpoint(ipv4: 0xc000_0202, port: 2998)

  /// The messages of each call that it takes to send datagrams of these lengths; negative ones were dropped, and those
  /// from `elsewhere` on go to somebody else.
  private func calls(
    _ lengths: [Int], elsewhere: Int = .max, mostMessages: Int = 64, mostVectors: Int = 256,
    _ segmentation: Segmentation = Segmentation(isOn: true)
  ) -> [[SendPlan.Message]] {
    var batch = PacketBatch(byteCapacity: 1 << 20, slotCapacity: 512)
    for (index, length) in lengths.enumerated() {
      batch.append(length: abs(length), to: index < elsewhere ? peer : other) { _ in }
      if length < 0 { batch.drop(index, .noKey) }
    }
    var plan = SendPlan(mostMessages: mostMessages, mostVectors: mostVectors)
    var calls: [[SendPlan.Message]] = []
    var next = 0
    while plan.lay(out: batch, from: next, by: segmentation) {
      calls.append(plan.messages)
      next = plan.slot(after: plan.messages.count)
    }
    return calls
  }

  @Test("equal neighbours leave as one message that the kernel cuts; lone ones as they are")
  func messages() {
    #expect(
      calls([1400, 1400, 300, 90]) == [
        [
          .init(slots: 0..<3, vectors: 0..<3, segmentSize: 1400), .init(slots: 3..<4, vectors: 3..<4, segmentSize: 0),
        ]
      ])
    #expect(
      calls([500, 500, 500], elsewhere: 2) == [
        [.init(slots: 0..<2, vectors: 0..<2, segmentSize: 500), .init(slots: 2..<3, vectors: 2..<3, segmentSize: 0)]
      ])
  }

  @Test("what did not pass has no vector, wherever it stands; a batch of nothing takes no call")
  func dropped() {
    #expect(calls([-5, 700, -700, 700, -9]) == [[.init(slots: 1..<4, vectors: 0..<2, segmentSize: 700)]])
    #expect(calls([-5, -6]).isEmpty && calls([]).isEmpty)
  }

  @Test("more than the kernel takes at once is another call's, and nothing is sent twice or left out")
  func limits() {
    let lengths = (0..<300).map { $0 % 7 == 0 ? 1200 : 1400 }
    for (messages, vectors) in [(64, 256), (3, 256), (64, 5), (1, 1)] {
      let made = calls(lengths, mostMessages: messages, mostVectors: vectors)
      #expect(made.flatMap { $0 }.flatMap { Array($0.slots) } == Array(0..<300))
      #expect(made.allSatisfy { $0.count <= messages && $0.last.map { $0.vectors.upperBound <= vectors } == true })
      for call in made {
        let used = call.flatMap { Array($0.vectors) }
        #expect(used == Array(0..<used.count))
      }
    }
  }

  @Test("without segmentation every datagram is a message")
  func plain() {
    let made = calls([800, 800, 800], Segmentation(isOn: false))
    #expect(made.map { $0.map(\.segmentSize) } == [[0, 0, 0]])
  }

  @Test("after some of the messages were sent it goes on with the first that was not")
  func partly() {
    var batch = PacketBatch(byteCapacity: 1 << 20, slotCapacity: 8)
    for length in [900, 900, 40, 50] { batch.append(length: length, to: peer) { _ in } }
    var plan = SendPlan(mostMessages: 64, mostVectors: 256)
    let isLaidOut = plan.lay(out: batch, from: 0, by: Segmentation(isOn: true))
    #expect(isLaidOut && plan.slot(after: 0) == 0 && plan.slot(after: 1) == 3 && plan.slot(after: 2) == 4)
  }
}
