/// A number that outlives the process: nothing below it may be used again. Protocols whose nonces follow the clock keep
/// here how far they have come, for machines whose clock starts over.
public protocol HighWaterMark: AnyObject, Sendable {
  /// As it was kept by an earlier process, or set since; nil if there is none.
  var value: UInt64? { get }

  /// Keeps `value` for the next process. The first time it blocks until that is on the disk; later it may take half a
  /// minute to get there. What cannot be kept is for the implementation to report.
  func raise(to value: UInt64)
}
