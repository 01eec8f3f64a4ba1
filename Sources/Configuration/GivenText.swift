public import Sodium

/// Text as somebody gave it, in guarded memory, since it may be a secret until it is known to belong to a setting that
/// is none. Slices share the memory.
public struct GivenText: Sendable {
  private let memory: GuardedMemory
  private let bounds: Range<Int>

  private init(_ memory: GuardedMemory, _ bounds: Range<Int>) {
    self.memory = memory
    self.bounds = bounds
  }

  public init(_ memory: GuardedMemory) { self.init(memory, 0..<memory.count) }

  /// For tests, and for text that never was a secret.
  public init(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(unsafe GuardedMemory(copying: bytes.span.bytes))
  }

  package var count: Int { bounds.count }
  var isEmpty: Bool { bounds.isEmpty }

  /// The byte at `index`, counted from the slice's beginning.
  subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return memory.withBytes { unsafe $0.unsafeLoad(fromByteOffset: bounds.lowerBound + index, as: UInt8.self) }
  }

  subscript(range: Range<Int>) -> GivenText {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return GivenText(memory, bounds.lowerBound + range.lowerBound..<bounds.lowerBound + range.upperBound)
  }

  package func from(_ index: Int) -> GivenText { self[index..<count] }
  package func upTo(_ index: Int) -> GivenText { self[0..<index] }
  package func prefix(_ length: Int) -> GivenText { upTo(min(length, count)) }

  /// Where `byte` stands first, at or after `start`.
  package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    (start..<max(start, count)).first { self[$0] == byte }
  }

  func hasPrefix(_ prefix: StaticString) -> Bool {
    guard count >= prefix.utf8CodeUnitCount else { return false }
    return zip(0..., "\(prefix)".utf8).allSatisfy { self[$0] == $1 }
  }

  /// Without blanks (spaces, tabs, carriage returns, newlines) at both ends.
  var trimmed: GivenText {
    var start = 0
    var end = count
    while start < end && Self.isBlank(self[start]) { start += 1 }
    while end > start && Self.isBlank(self[end - 1]) { end -= 1 }
    return self[start..<end]
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

  /// Where a `#` stands that follows a blank.
  var commentIndex: Int? {
    guard count > 1 else { return nil }
    return (1..<count).first { self[$0] == 0x23 && Self.isBlank(self[$0 - 1]) }
  }

  /// The text as a string, for what is known to be no secret; nil if it is not UTF-8.
  package var revealed: String? {
    let bytes = (0..<count).map { self[$0] }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Lends the bytes.
  package func withBytes<Result, Failure>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
    try memory.withBytes { (bytes) throws(Failure) in try body(bytes.extracting(bounds)) }
  }
}
