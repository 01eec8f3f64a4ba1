/// Something odd, as it is told to a person.
public struct Advice: Sendable, Equatable {
  public let why: String
  public let cure: String

  public init(why: String, cure: String) {
    self.why = why
    self.cure = cure
  }
}
