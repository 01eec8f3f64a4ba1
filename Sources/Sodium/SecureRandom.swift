import CSodium

/// libsodium's random bytes, which are the kernel's: the one source of all that must not be guessed.
public struct SecureRandom: RandomNumberGenerator {
  public init() { startSodium() }

  public mutating func next() -> UInt64 {
    var value: UInt64 = 0
    unsafe randombytes_buf(&value, MemoryLayout<UInt64>.size)
    return value
  }
}
