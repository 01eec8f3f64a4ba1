import CLinux
import Glibc
package import TunnelCore

/// I/O vectors for one write, allocated once. The first points at a few bytes of its own, for a header that the device
/// wants before each packet.
@safe
package struct VectorArray: ~Copyable {
  package let capacity: Int
  private let vectors: UnsafeMutablePointer<iovec>
  private let prefixMemory: UnsafeMutableRawBufferPointer
  package private(set) var count = 1

  package init(capacity: Int, prefixByteCount: Int) {
    self.capacity = capacity
    unsafe vectors = .allocate(capacity: capacity)
    unsafe prefixMemory = .allocate(byteCount: prefixByteCount, alignment: 16)
    unsafe prefixMemory.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe vectors.initialize(to: iovec(iov_base: prefixMemory.baseAddress, iov_len: prefixByteCount))
  }

  deinit {
    unsafe vectors.deallocate()
    unsafe prefixMemory.deallocate()
  }

  /// The header's bytes.
  package var prefix: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      let span = unsafe MutableRawSpan(_unsafeBytes: prefixMemory)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// Forgets all vectors but the header's.
  package mutating func removeAll() { count = 1 }

  /// Adds a piece of a batch's memory. False if there is no room for another.
  package mutating func append(_ batch: borrowing PacketBatch, start: Int, length: Int) -> Bool {
    guard count < capacity else { return false }
    precondition(start + length <= batch.byteCapacity)
    unsafe (vectors + count).initialize(to: iovec(iov_base: batch.pointer(at: start), iov_len: length))
    count += 1
    return true
  }

  @unsafe
  var baseAddress: UnsafePointer<iovec> { unsafe UnsafePointer(vectors) }
}
