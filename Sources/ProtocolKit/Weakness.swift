/// What a wire format does not protect from, as it is told to whoever uses it.
public struct Weakness: Sendable {
  /// In a few words, behind "PROTOCOL=name: ".
  public let what: String
  /// A sentence for those who chose it: what comes of it, or when that is right.
  public let advice: String
  /// A sentence for those who did not choose it: what comes of it. Nil if `what` says it all.
  public let why: String?

  public init(_ what: String, advice: String, why: String? = nil) {
    self.what = what
    self.advice = advice
    self.why = why
  }
}
