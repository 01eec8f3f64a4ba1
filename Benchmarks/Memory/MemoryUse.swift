import CMalloc
import Foundation
import Sodium

/// What a process holds, in bytes.
struct MemoryUse {
  /// Handed out by malloc (mallinfo2(3)), its own headers included.
  var heap: Double
  /// The guarded regions in which secrets lie.
  var guarded: Double
  /// Of the whole process, pages that are in memory and its alone (/proc/PID/smaps_rollup).
  var resident: Double

  static func now() throws -> MemoryUse {
    let heap = mallinfo2()
    return MemoryUse(
      heap: Double(heap.uordblks + heap.hblkhd), guarded: Double(GuardedMemory.regionByteCount),
      resident: try privateBytes())
  }

  private static func privateBytes() throws -> Double {
    let lines = try String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8).split(separator: "\n")
    return lines.filter { $0.hasPrefix("Private_") }.reduce(0) { sum, line in
      sum + (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 1024
    }
  }

  /// How much more this is than `before`, for each of so many peers.
  func perPeer(since before: MemoryUse, peers: Int) -> MemoryUse {
    MemoryUse(
      heap: (heap - before.heap) / Double(peers), guarded: (guarded - before.guarded) / Double(peers),
      resident: (resident - before.resident) / Double(peers))
  }

  var text: String { "\(heap) \(guarded) \(resident)" }

  init(heap: Double, guarded: Double, resident: Double) {
    (self.heap, self.guarded, self.resident) = (heap, guarded, resident)
  }

  /// What `text` says.
  init?(_ text: String) {
    let numbers = text.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 3 else { return nil }
    self.init(heap: numbers[0], guarded: numbers[1], resident: numbers[2])
  }

  static func median(_ uses: [MemoryUse]) -> MemoryUse {
    func middle(_ value: (MemoryUse) -> Double) -> Double { uses.map(value).sorted()[uses.count / 2] }
    return MemoryUse(heap: middle(\.heap), guarded: middle(\.guarded), resident: middle(\.resident))
  }
}
