import CSodium

/// Fills `span` with bytes that nobody can predict.
@_lifetime(span: copy span)
public func fillWithRandomBytes(_ span: inout MutableRawSpan) {
  startSodium()
  unsafe span.withUnsafeMutableBytes { buffer in
    if let start = buffer.baseAddress { unsafe randombytes_buf(start, buffer.count) }
  }
}

/// Whether two spans of equal length hold the same bytes, in time that tells nothing about where they differ.
public func equalInConstantTime(_ left: RawSpan, _ right: RawSpan) -> Bool {
  precondition(left.byteCount == right.byteCount)
  return unsafe left.withUnsafeBytes { l in
    unsafe right.withUnsafeBytes { r in unsafe sodium_memcmp(l.baseAddress, r.baseAddress, l.count) == 0 }
  }
}
