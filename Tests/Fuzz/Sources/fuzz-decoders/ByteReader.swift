import Glibc

/// Reads an input from its beginning. Nothing is allocated: these targets run millions of times a minute.
struct ByteReader {
  private(set) var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next byte; zero at the end.
  mutating func byte() -> UInt8 {
    guard let first = rest.first else { return 0 }
    rest = UnsafeRawBufferPointer(rebasing: rest[1...])
    return first
  }

  mutating func number() -> Int { Int(byte()) << 8 | Int(byte()) }

  /// Up to `count` bytes: as many as there are.
  mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    let length = min(count, rest.count)
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[length...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<length])
  }
}

extension UnsafeRawBufferPointer {
  func number(at offset: Int) -> Int { Int(self[offset]) << 8 | Int(self[offset + 1]) }

  func longNumber(at offset: Int) -> UInt32 {
    UInt32(number(at: offset)) << 16 | UInt32(number(at: offset + 2))
  }

  func piece(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }

  func equals(_ other: UnsafeRawBufferPointer) -> Bool {
    guard let one = baseAddress, let two = other.baseAddress, count == other.count else { return count == other.count }
    return memcmp(one, two, count) == 0
  }
}

extension UnsafeMutableRawBufferPointer {
  func put(_ number: Int, at offset: Int) {
    self[offset] = UInt8(truncatingIfNeeded: number >> 8)
    self[offset + 1] = UInt8(truncatingIfNeeded: number)
  }
}

/// The one's complement sum, one 16-bit word after another (RFC 1071).
struct PlainSum {
  private var sum: UInt64 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    // Eight words at a time: libFuzzer notes every comparison, which takes longer than an addition.
    while offset + 16 <= bytes.count {
      add(UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      add(UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)))
      offset += 16
    }
    while offset + 1 < bytes.count {
      sum += UInt64(bytes.number(at: offset))
      offset += 2
    }
    if offset < bytes.count { sum += UInt64(bytes[offset]) << 8 }
  }

  private mutating func add(_ words: UInt64) {
    sum += (words >> 48) + (words >> 32 & 0xffff) + (words >> 16 & 0xffff) + (words & 0xffff)
  }

  mutating func add(_ number: Int) { sum += UInt64(number) }

  /// 0xffff for a packet whose checksum is right.
  var folded: Int {
    var value = sum
    while value > 0xffff { value = value & 0xffff + value >> 16 }
    return Int(value)
  }
}
