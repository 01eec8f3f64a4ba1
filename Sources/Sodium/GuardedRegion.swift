import CSodium
import Synchronization

/// One allocation of libsodium's guarded allocator, divided in slots of one size for secrets that share it.
///
/// An allocation of its own costs each secret four resident pages and one of RLIMIT_MEMLOCK, and a process cannot have
/// more than some ten thousand (vm.max_map_count).
///
/// What that gives up: between two slots lie neither an inaccessible page nor a canary, so libsodium no longer stops
/// whoever writes past a secret's end into the next. The spans that lend a secret check every access, and a slot that is
/// not all zero when it is handed out, as it was left, ends the process.
@safe
final class GuardedRegion: @unchecked Sendable {
  /// Whose lock guards `free`.
  let slots: GuardedSlots
  let base: UnsafeMutableRawPointer
  let slotByteCount: Int
  let slotCount: Int
  /// A bit for every slot that is free.
  private var free: UInt128

  /// What libsodium leaves of a page besides its canary (CANARY_SIZE in sodium/utils.c). A larger region would save
  /// some of the three pages around it, but most processes have few secrets and some a small RLIMIT_MEMLOCK.
  static let byteCount = 4096 - 16
  /// With the page of libsodium's own before it and the two inaccessible ones, which are resident as well (MAP_POPULATE).
  static let residentByteCount = 4 * 4096

  init(slotByteCount: Int, of slots: GuardedSlots) {
    self.slots = slots
    self.slotByteCount = slotByteCount
    slotCount = Self.byteCount / slotByteCount
    precondition(slotCount <= UInt128.bitWidth)
    free = UInt128.max >> (UInt128.bitWidth - slotCount)
    unsafe base = GuardedPages.allocate(slotCount * slotByteCount)
  }

  deinit { unsafe sodium_free(base) }

  var hasRoom: Bool { free != 0 }
  var isUnused: Bool { free.nonzeroBitCount == slotCount }

  @unsafe
  func take() -> UnsafeMutableRawPointer {
    precondition(hasRoom)
    let index = free.trailingZeroBitCount
    free &= ~(1 << index)
    let slot = unsafe base + index * slotByteCount
    unsafe precondition(sodium_is_zero(slot, slotByteCount) == 1, "a secret was written past its end")
    return unsafe slot
  }

  func giveBack(_ slot: UnsafeMutableRawPointer) {
    let offset = unsafe slot - base
    let bit: UInt128 = 1 << (offset / slotByteCount)
    precondition(offset >= 0 && offset < slotCount * slotByteCount && free & bit == 0)
    unsafe sodium_memzero(slot, slotByteCount)
    free |= bit
  }
}

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
