import TunnelCore

/// How often a line may be logged that somebody on the network can cause: five times in a minute, then how many more
/// there would have been.
struct LineLimiter {
  static let lines = 5
  static let seconds: UInt64 = 60

  /// Monotonic seconds at which the minute began; nil while there is none.
  private var start: UInt64?
  private var written = 0
  private(set) var leftOut = 0

  /// Whether a line may be written now. If not it is counted. Ask `takeLeftOut` first.
  mutating func admits(at now: Moment) -> Bool {
    if start == nil { start = now.monotonicSeconds }
    guard written < Self.lines else {
      leftOut += 1
      return false
    }
    written += 1
    return true
  }

  /// How many lines were left out, once the minute is over, or at once if `isEnd`; then another minute may begin.
  mutating func takeLeftOut(at now: Moment, isEnd: Bool = false) -> Int {
    guard let start, isEnd || now.monotonicSeconds >= start + Self.seconds else { return 0 }
    defer { self = LineLimiter() }
    return leftOut
  }
}
