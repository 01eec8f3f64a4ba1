import CLinux
import FuzzDriver
import Glibc

/// Ancillary data of any content, where the kernel would put it. It ends where memory ends: whoever reads on is
/// stopped.
final class ControlMessageFuzz {
  private let end: UnsafeMutableRawPointer
  /// More than any socket here has room for.
  private static let mostBytes = 512

  init() {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    guard let start = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED, mprotect(start + page, page, PROT_NONE) == 0
    else { fatalError("no memory") }
    end = start + page
  }

  func run(_ input: UnsafeRawBufferPointer) {
    let bytes = UnsafeRawBufferPointer(rebasing: input.prefix(Self.mostBytes & ~7))
    // Aligned as the kernel wants it, and as near to the end as that allows.
    let start = end - (bytes.count + 7) / 8 * 8
    if let base = bytes.baseAddress { start.copyMemory(from: base, byteCount: bytes.count) }
    var message = msghdr()
    message.msg_control = start
    message.msg_controllen = bytes.count
    let size = clinux_gro_segment_size(&message)
    let expectedSize = Self.find(bytes, level: Int32(IPPROTO_UDP), type: 104, length: 4)  // UDP_GRO
    let word = expectedSize.map { bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self) } ?? 0
    check(size == word, "\(size) bytes a segment, not \(word)")
    let entry = clinux_error_entry(&message).map { $0 - UnsafeRawPointer(start) }
    let expectedEntry =
      Self.find(bytes, level: Int32(IPPROTO_IP), type: 11, length: 16)  // IP_RECVERR
      ?? Self.find(bytes, level: Int32(IPPROTO_IPV6), type: 25, length: 16)  // IPV6_RECVERR
    check(entry == expectedEntry, "an entry at \(entry ?? -1), not \(expectedEntry ?? -1)")
  }

  /// Where the data is of the first part of that kind with at least `length` bytes (cmsg(3): each part has its length,
  /// 8 bytes, level and type, 4 each, data; the next begins at the next multiple of 8).
  private static func find(_ bytes: UnsafeRawBufferPointer, level: Int32, type: Int32, length: Int) -> Int? {
    var offset = 0
    while offset + 16 <= bytes.count {
      let size = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      guard size >= 16, size <= UInt64(bytes.count - offset) else { return nil }
      let isKind =
        bytes.loadUnaligned(fromByteOffset: offset + 8, as: Int32.self) == level
        && bytes.loadUnaligned(fromByteOffset: offset + 12, as: Int32.self) == type
      if isKind && Int(size) >= 16 + length { return offset + 16 }
      offset += (Int(size) + 7) / 8 * 8
    }
    return nil
  }
}
