public import Sodium

/// A file as a source of settings or keys.
public struct ReadFile: Sendable {
  public var contents: GuardedMemory
  /// Whether its permissions let any user read it.
  public var othersMayRead: Bool
  public var writers: OtherWriters

  public init(contents: GuardedMemory, othersMayRead: Bool, writers: OtherWriters = OtherWriters()) {
    self.contents = contents
    self.othersMayRead = othersMayRead
    self.writers = writers
  }
}

/// Why a file cannot be read, in the system's words.
public struct FileProblem: Error, Equatable, Sendable {
  public var reason: String
  public init(_ reason: String) { self.reason = reason }
}

/// Reads a file of at most `limit` bytes; what is longer is a problem too.
public typealias FileReader = @Sendable (_ path: String, _ limit: Int) throws(FileProblem) -> ReadFile
