/// What a step of one direction came to.
public enum Progress: Sendable, Equatable {
  /// Nothing more waits at the source.
  case idle
  /// Another step may find more.
  case more
  /// The transport would block: come again when it can be written to.
  case blocked
}
