/// Hexadecimal text of keys, both ways, in time that does not depend on a secret's digits.
enum Hex {
  enum Problem: Error, Equatable {
    case notHexadecimal(at: Int)
  }

  /// The value of one hexadecimal digit, 0 to 15, or 255 for any other byte. Without branches on the digit.
  static func value(of digit: UInt8) -> UInt8 {
    let character = Int32(digit)
    let number = character &- 0x30
    let letter = (character & ~0x20) &- 0x37
    let isNumber = (number &- 10) >> 8 & ~(number >> 8) & 0xff
    let isLetter = (letter &- 16) >> 8 & ~((letter &- 10) >> 8) & 0xff
    let valid = isNumber | isLetter
    return UInt8(truncatingIfNeeded: (number & isNumber) | (letter & isLetter) | (~valid & 0xff))
  }

  /// Decodes `digits` (two for each byte) into `bytes`. On failure `bytes` holds what was read so far.
  @_lifetime(bytes: copy bytes)
  static func decode(_ digits: RawSpan, into bytes: inout MutableRawSpan) throws(Problem) {
    precondition(digits.byteCount == 2 * bytes.byteCount)
    for index in 0..<bytes.byteCount {
      let high = value(of: digits.unsafeLoadByte(2 * index))
      let low = value(of: digits.unsafeLoadByte(2 * index + 1))
      guard high < 16 else { throw .notHexadecimal(at: 2 * index) }
      guard low < 16 else { throw .notHexadecimal(at: 2 * index + 1) }
      bytes.storeBytes(of: high << 4 | low, toByteOffset: index, as: UInt8.self)
    }
  }

  /// Encodes one byte as two lower-case digits, without a table indexed by it.
  static func digits(of byte: UInt8) -> (UInt8, UInt8) {
    func digit(_ value: Int32) -> UInt8 {
      UInt8(truncatingIfNeeded: value &+ 0x30 &+ ((9 &- value) >> 8 & 0x27))
    }
    return (digit(Int32(byte >> 4)), digit(Int32(byte & 15)))
  }
}

extension RawSpan {
  /// One byte, bounds-checked.
  func unsafeLoadByte(_ offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }
}
