/// A world and what happens in it: all that is needed to see the same again, bit for bit.
package struct Script: Equatable, Sendable {
  package struct Timed: Equatable, Sendable {
    /// Milliseconds since the world began.
    var time: Int
    var step: Step
  }

  var proto: WireFormat
  var layout: Layout
  /// What a and b are. c is ours.
  var a = Program.ours
  var b = Program.ours
  /// What is drawn while it runs.
  var seed: UInt64
  /// Whether a (and c) call through a NAT.
  var hasNAT = false
  /// Whether c has a tunnel to b's host too.
  var hasSecond = false
  /// Whether sides of ours have a state file.
  var hasState = true
  var replayWindow = 2048
  /// TIME_WINDOW of nacltai; nil for none.
  var timeWindow: Int?
  /// By how many seconds a's and b's clocks are wrong, and by how many microseconds a second more each second.
  var clocks = [0, 0]
  var drifts = [0, 0]
  var steps: [Timed] = []
  /// Milliseconds after which nothing happens any more, and traffic has to pass.
  var end: Int

  /// How many steps it has.
  package var length: Int { steps.count }

  package enum WireFormat: String, CaseIterable, Sendable { case salty, nacltai }

  package enum Program: String, Sendable { case ours, old }

  package enum Layout: String, CaseIterable, Sendable {
    /// a calls b, which waits for it.
    case waits
    /// Each has the other's address, and takes nothing from elsewhere.
    case fixed
    /// Each has the other's address, and follows it.
    case floats
  }
}
