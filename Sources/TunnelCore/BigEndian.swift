/// Numbers on the wire: big-endian, at any offset, bounds-checked.
extension RawSpan {
  @inlinable
  public func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
    precondition(offset >= 0 && offset <= byteCount - MemoryLayout<Number>.size)
    return unsafe Number(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}

extension MutableRawSpan {
  @inlinable
  public func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
    bytes.bigEndian(at: offset, as: type)
  }

  @inlinable
  @_lifetime(self: copy self)
  public mutating func storeBigEndian<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int) {
    storeBytes(of: number.bigEndian, toByteOffset: offset, as: Number.self)
  }
}
