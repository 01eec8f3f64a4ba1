import CSodium
import Glibc
import Synchronization

/// Makes libsodium ready. Safe to call again; every entrance of this module does.
///
/// Without it libsodium picks the slowest implementations and has no guarded allocator.
@inline(__always)
func startSodium() { _ = sodiumIsReady }

private let sodiumIsReady: Bool = {
  precondition(sodium_init() >= 0, "libsodium could not be initialised: no source of randomness")
  return true
}()

/// An errno, 0 for none.
private let lockRefusal = Atomic<Int32>(0)

/// A fixed number of bytes for secrets: libsodium's guarded allocator keeps them between inaccessible pages, out of
/// swap (as far as RLIMIT_MEMLOCK allows) and out of core dumps, and wipes them when they are released.
///
/// An object is shared by reference so that a secret is never copied; whoever writes to it after sharing it is its
/// one owner, on one thread.
@safe
public final class GuardedMemory: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
  let base: UnsafeMutableRawPointer
  public let count: Int

  /// `count` bytes, all zero.
  public init(count: Int) {
    startSodium()
    guard let memory = unsafe sodium_malloc(max(count, 1)) else {
      preconditionFailure("sodium_malloc(\(count)) failed: no memory")
    }
    unsafe sodium_memzero(memory, count)
    // sodium_malloc goes on where the kernel refuses to lock the pages. Asked once more, it tells.
    if unsafe sodium_mlock(memory, max(count, 1)) != 0 { lockRefusal.store(errno, ordering: .relaxed) }
    unsafe base = memory
    self.count = count
  }

  /// A copy of `bytes`, whose original remains for the caller to wipe.
  public convenience init(copying bytes: RawSpan) {
    self.init(count: bytes.byteCount)
    withMutableBytes { $0.copy(from: bytes) }
  }

  deinit { unsafe sodium_free(base) }

  /// The errno of the last time that the kernel refused to lock a secret in memory (mlock(2)); nil if it never did.
  package static var refusedLock: Int32? {
    let refusal = lockRefusal.load(ordering: .relaxed)
    return refusal == 0 ? nil : refusal
  }

  /// Lends the bytes for reading.
  public func withBytes<Result, Failure>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
    try body(unsafe RawSpan(_unsafeStart: base, byteCount: count))
  }

  /// Lends the bytes for writing, to their one owner.
  public func withMutableBytes<Result, Failure>(
    _ body: (inout MutableRawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var span = unsafe MutableRawSpan(_unsafeStart: base, byteCount: count)
    return try body(&span)
  }

  /// The bytes as libsodium's functions take them.
  var bytePointer: UnsafeMutablePointer<UInt8> { unsafe base.assumingMemoryBound(to: UInt8.self) }

  /// Overwrites every byte with zero, in a way that the optimiser cannot drop.
  public func wipe() { unsafe sodium_memzero(base, count) }

  // A secret has no printed form, not even in a debugger's mirror.
  public var description: String { "<\(count) secret bytes>" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension MutableRawSpan {
  /// Overwrites the beginning of these bytes with all of `source`, which must fit.
  @_lifetime(self: copy self)
  mutating func copy(from source: RawSpan) {
    precondition(source.byteCount <= byteCount)
    unsafe withUnsafeMutableBytes { to in
      unsafe source.withUnsafeBytes { from in unsafe to.copyMemory(from: from) }
    }
  }
}
