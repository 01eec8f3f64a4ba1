import Synchronization

/// The regions of a process, from which any thread takes slots.
final class GuardedSlots: Sendable {
  static let shared = GuardedSlots()

  /// Keys have 32 bytes, their digits 64, settings and files of keys any number. What is longer has pages of its own.
  private static let smallest = 32
  private static let largest = 512

  /// By the size of their slots.
  private let regions = Mutex<[Int: [GuardedRegion]]>([:])

  /// How many regions there are now.
  var regionCount: Int { regions.withLock { $0.values.reduce(0) { $0 + $1.count } } }

  /// A slot of at least `count` bytes, all zero; nil if that is too much for one.
  func take(_ count: Int) -> (region: GuardedRegion, base: UnsafeMutableRawPointer)? {
    guard count <= Self.largest else { return nil }
    var size = Self.smallest
    while size < count { size *= 2 }
    return unsafe regions.withLock { regions in
      let region = regions[size]?.last { $0.hasRoom } ?? GuardedRegion(slotByteCount: size, of: self)
      if region.isUnused { regions[size, default: []].append(region) }
      return unsafe (region, region.take())
    }
  }

  /// Wipes a slot and lets others have it. A region that nobody uses is freed: its page counts against RLIMIT_MEMLOCK,
  /// and nothing takes slots packet by packet, for which it would have to be kept.
  func giveBack(_ slot: UnsafeMutableRawPointer, to region: GuardedRegion) {
    regions.withLock { regions in
      unsafe region.giveBack(slot)
      if region.isUnused { regions[region.slotByteCount]?.removeAll { $0 === region } }
    }
  }
}
