import CSodium

/// Makes libsodium ready. Safe to call again; every entrance of this module does.
///
/// Without it libsodium picks the slowest implementations and has no guarded allocator.
@inline(__always)
func startSodium() { _ = sodiumIsReady }

private let sodiumIsReady: Bool = {
  precondition(sodium_init() >= 0, "libsodium could not be initialised: no source of randomness")
  return true
}()

/// A fixed number of bytes for secrets, in memory that is locked, left out of core dumps and wiped when it is released:
/// a slot of a `GuardedRegion`, or, where it is longer than those are, pages of its own.
///
/// An object is shared by reference so that a secret is never copied; whoever writes to it after sharing it is its
/// one owner, on one thread. The memory is lent for the time of a call and released with the object: it can be neither
/// used afterwards nor released twice.
@safe
public final class GuardedMemory: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
  let base: UnsafeMutableRawPointer
  public let count: Int
  /// Whose slot it is; nil if the pages are its own.
  let region: GuardedRegion?

  /// `count` bytes, all zero.
  public convenience init(count: Int) { self.init(count: count, from: .shared) }

  init(count: Int, from slots: GuardedSlots) {
    startSodium()
    self.count = count
    if let slot = unsafe slots.take(count) {
      (region, unsafe base) = unsafe (slot.region, slot.base)
    } else {
      region = nil
      unsafe base = GuardedPages.allocate(count)
    }
  }

  /// A copy of `bytes`, whose original remains for the caller to wipe.
  public convenience init(copying bytes: RawSpan) {
    self.init(count: bytes.byteCount)
    withMutableBytes { $0.copy(from: bytes) }
  }

  deinit {
    if let region { unsafe region.slots.giveBack(base, to: region) } else { unsafe sodium_free(base) }
  }

  /// The errno of the last time that the kernel refused to lock a secret in memory (mlock(2)); nil if it never did.
  package static var refusedLock: Int32? { GuardedPages.refusedLock }

  /// Resident bytes of the regions that small secrets share, for whoever measures what a peer costs.
  package static var regionByteCount: Int { GuardedSlots.shared.regionCount * GuardedRegion.residentByteCount }

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
