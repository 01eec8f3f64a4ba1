import CSodium

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
