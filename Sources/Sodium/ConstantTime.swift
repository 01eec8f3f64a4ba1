import CSodium

/// Whether two spans of equal length hold the same bytes, in time that tells nothing about where they differ.
public func equalInConstantTime(_ left: RawSpan, _ right: RawSpan) -> Bool {
  precondition(left.byteCount == right.byteCount)
  return unsafe left.withUnsafeBytes { l in
    unsafe right.withUnsafeBytes { r in unsafe sodium_memcmp(l.baseAddress, r.baseAddress, l.count) == 0 }
  }
}
