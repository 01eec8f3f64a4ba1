/// Big-endian numbers in arrays.
extension RangeReplaceableCollection where Element == UInt8 {
  init(bigEndian number: some FixedWidthInteger) {
    self.init(withUnsafeBytes(of: number.bigEndian) { Array($0) })
  }
}

extension Collection where Element == UInt8 {
  /// The number that all of the bytes are.
  func bigEndian<Number: FixedWidthInteger>(as type: Number.Type = Number.self) -> Number {
    reduce(0) { $0 << 8 | Number($1) }
  }
}
