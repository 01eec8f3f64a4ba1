/// The one's complement sum of RFC 1071, kept in 64 bits until it is folded.
///
/// Words are summed in the machine's byte order, which the RFC allows: a folded sum that is stored in the same order is
/// right in memory.
package struct InternetChecksum: Sendable {
  private(set) var sum: UInt64

  package init(_ sum: UInt64 = 0) { self.sum = sum }

  /// Adds `bytes`, which begin at an even offset of what is summed. An odd last byte is padded with zero.
  package mutating func add(_ bytes: RawSpan) {
    let count = bytes.byteCount
    var low: UInt64 = 0
    var high: UInt64 = 0
    var offset = 0
    while offset + 8 <= count {
      let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
      low &+= word & 0xffff_ffff
      high &+= word >> 32
      offset += 8
    }
    sum = Self.plus(Self.plus(sum, low), high)
    addTail(bytes, from: offset)
  }

  private mutating func addTail(_ bytes: RawSpan, from start: Int) {
    var offset = start
    while offset + 2 <= bytes.byteCount {
      let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
      sum = Self.plus(sum, UInt64(word))
      offset += 2
    }
    if offset < bytes.byteCount {
      let last = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      sum = Self.plus(sum, UInt64(UInt16(littleEndian: UInt16(last))))
    }
  }

  /// Adds a 16-bit number as it stands on the wire.
  package mutating func add(bigEndian number: UInt16) { sum = Self.plus(sum, UInt64(number.bigEndian)) }

  /// Adds a 16-bit field that was read from memory as it is.
  package mutating func add(inMemoryOrder field: UInt16) { sum = Self.plus(sum, UInt64(field)) }

  private static func plus(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (result, carry) = left.addingReportingOverflow(right)
    return carry ? result &+ 1 : result
  }

  /// The sum in 16 bits, in memory order; what a packet with its checksum in place sums up to is 0xffff.
  package var folded: UInt16 {
    var value = (sum & 0xffff_ffff) + sum >> 32
    value = (value & 0xffff) + (value >> 16 & 0xffff) + value >> 32
    value = (value & 0xffff) + value >> 16
    value = (value & 0xffff) + value >> 16
    return UInt16(truncatingIfNeeded: value)
  }

  /// What goes into the checksum field, in memory order.
  package var checksum: UInt16 { ~folded }
}

extension RawSpan {
  /// A 16-bit field as it is in memory, for checksums.
  func field(at offset: Int) -> UInt16 { unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self) }
  func byte(at offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
