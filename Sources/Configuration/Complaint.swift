/// Something that is wrong, as it is told to a person: what failed, in words that can be searched for; why, with the
/// names and values at hand; what cures it. A secret is in none of them.
public struct Complaint: Error, Equatable, Sendable, CustomStringConvertible {
  public var what: String
  public var why: String?
  public var cure: String?

  public init(_ what: String, why: String? = nil, cure: String? = nil) {
    self.what = what
    self.why = why
    self.cure = cure
  }

  /// Up to three lines; the second and the third are indented. Whatever the user's values hold, there is no control
  /// character in it that a terminal might obey.
  public var description: String {
    [what, why.map { "  " + $0 }, cure.map { "  " + $0 }].compactMap { $0.map(withoutControls) }.joined(separator: "\n")
  }
}
