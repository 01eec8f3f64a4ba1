public import Sodium

/// Something that is wrong, as it is told to a person: what failed, in words that can be searched for; why, with the
/// names and values at hand; what cures it.
///
/// Whatever the values are made of, and wherever the complaint goes, no control character is in it that a terminal would
/// obey, and nothing that could be a secret key.
public struct Complaint: Error, Equatable, Sendable, CustomStringConvertible {
  public let what: String
  public let why: String?
  public let cure: String?

  /// `key` is a public key that the text tells on purpose.
  public init(_ what: String, why: String? = nil, cure: String? = nil, showing key: PublicKey? = nil) {
    let keys = key.map { [$0] } ?? []
    self.what = redacted(what, keys: keys)
    self.why = why.map { redacted($0, keys: keys) }
    self.cure = cure.map { redacted($0, keys: keys) }
  }

  /// Up to three lines; the second and the third are indented.
  public var description: String {
    [what, why.map { "  " + $0 }, cure.map { "  " + $0 }].compactMap { $0 }.joined(separator: "\n")
  }
}
