/// Something that the kernel would not do, in words for a log.
public struct Refusal: Hashable, Sendable {
  /// "UDP_SEGMENT: Input/output error"
  public var what: String
  /// What follows from it.
  public var consequence: String

  public init(_ what: String, consequence: String) {
    self.what = what
    self.consequence = consequence
  }
}
