import SystemPackage
import Testing
import TunnelCore

@testable import Transports

@Suite("Which datagrams leave together")
struct SegmentationTests {
  private let peer = Endpoint(ipv4: 0xc000_0201, port: 2998)

  /// Datagrams of these lengths, all to the peer; a negative one was dropped.
  private func run(_ lengths: [Int], _ segmentation: Segmentation = Segmentation(isOn: true)) -> Segmentation.Run {
    var batch = PacketBatch(byteCapacity: 1 << 20, slotCapacity: 256)
    for length in lengths {
      let isAdded = batch.append(length: abs(length), to: peer) { _ in }
      #expect(isAdded)
      if length < 0 { batch.drop(batch.count - 1, .late) }
    }
    return segmentation.run(in: batch, from: 0, mostSlots: 256)
  }

  private func blame(_ segmentation: inout Segmentation, _ error: Errno, _ size: Int, isTaken: Bool = true) {
    let answer = segmentation.takesBlame(for: error, segmentSize: size)
    #expect(answer == isTaken)
  }

  @Test("equal ones, of which the last may be shorter; what was dropped is stepped over")
  func runs() {
    #expect(run([1400, 1400, 1400]) == .init(end: 3, count: 3))
    #expect(run([1400, 1400, 300, 300]) == .init(end: 3, count: 3))
    #expect(run([1400, 1401]) == .init(end: 1, count: 1))
    #expect(run([1400, -1400, 1400]) == .init(end: 3, count: 2))
    #expect(run([Int](repeating: 1400, count: 100)) == .init(end: 46, count: 46), "65,507 bytes")
    #expect(run([Int](repeating: 10, count: 100)) == .init(end: 64, count: 64))
    #expect(run([1400, 1400], Segmentation(isOn: false)).count == 1)
  }

  @Test(
    "a size that was refused is sent one by one for two minutes, a smaller one never",
    arguments: [
      Errno.messageTooLong, .invalidArgument,
    ])
  func recovery(error: Errno) {
    var segmentation = Segmentation(isOn: true)
    segmentation.tick(at: 1000)
    blame(&segmentation, error, 1400)
    #expect(segmentation.refusal?.what == "UDP_SEGMENT: \(error)")
    #expect(run([1400, 1400], segmentation).count == 1)
    #expect(run([1399, 1399], segmentation).count == 2)
    segmentation.tick(at: 1119)
    #expect(run([1400, 1400], segmentation).count == 1)
    segmentation.tick(at: 1120)
    #expect(run([1400, 1400], segmentation).count == 2, "tried again within three minutes")
  }

  @Test("another path is tried at once; a device that cannot finish checksums, never again")
  func forGood() {
    var segmentation = Segmentation(isOn: true)
    blame(&segmentation, .messageTooLong, 500)
    segmentation.recover()
    #expect(run([1400, 1400], segmentation).count == 2)
    blame(&segmentation, .ioError, 500)
    segmentation.recover()
    segmentation.tick(at: 1_000_000)
    #expect(run([100, 100], segmentation).count == 1)
  }

  @Test("other refusals have other reasons")
  func otherErrors() {
    var segmentation = Segmentation(isOn: true)
    for error in [Errno.networkUnreachable, .connectionRefused, .notPermitted] {
      blame(&segmentation, error, 1400, isTaken: false)
    }
    #expect(run([1400, 1400], segmentation).count == 2)
  }
}
