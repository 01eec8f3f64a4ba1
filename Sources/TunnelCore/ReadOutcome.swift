/// What a read at one end found.
public enum ReadOutcome: Sendable, Equatable {
  /// Nothing more waits there.
  case drained
  /// The batch is full, or something more may wait.
  case more
}
