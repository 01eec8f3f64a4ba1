import CSodium
import Glibc
import Synchronization

/// Pages of libsodium's guarded allocator: between inaccessible ones, out of swap (as far as RLIMIT_MEMLOCK allows) and
/// out of core dumps. It ends the process if the canary before the bytes is gone when they are freed.
enum GuardedPages {
  /// An errno, 0 for none.
  private static let lockRefusal = Atomic<Int32>(0)

  /// `count` bytes, all zero, that end where the inaccessible page begins. To be freed with sodium_free.
  @unsafe
  static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    guard let memory = unsafe sodium_malloc(count) else {
      preconditionFailure("sodium_malloc(\(count)) failed: no memory")
    }
    unsafe sodium_memzero(memory, count)
    // sodium_malloc goes on where the kernel refuses to lock the pages. Asked once more, it tells.
    if unsafe sodium_mlock(memory, count) != 0 { lockRefusal.store(errno, ordering: .relaxed) }
    return unsafe memory
  }

  /// The errno of the last refusal, nil if there was none.
  static var refusedLock: Int32? {
    let refusal = lockRefusal.load(ordering: .relaxed)
    return refusal == 0 ? nil : refusal
  }
}
