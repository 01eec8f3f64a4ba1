/// The shortest script that still fails in the same way.
package struct Shrinking {
  package private(set) var script: Script
  package private(set) var violation: Violation
  /// What does not hold with a script; nil if everything does.
  private let test: (Script) -> Violation?

  package init(
    _ script: Script, _ violation: Violation, test: @escaping (Script) -> Violation? = { World($0).run() }
  ) {
    (self.script, self.violation, self.test) = (script, violation, test)
    var before: Script
    repeat {
      before = self.script
      takeOutSteps()
      simplify()
      shorten()
    } while self.script != before
  }

  /// Takes `other` if it fails in the same way.
  private mutating func tried(_ other: Script) -> Bool {
    guard other != script, let found = test(other), found.invariant == violation.invariant else { return false }
    (script, violation) = (other, found)
    return true
  }

  /// Halves, quarters and so on, at last one by one (Zeller's ddmin).
  private mutating func takeOutSteps() {
    var length = max(1, script.steps.count / 2)
    while true {
      var start = 0
      while start < script.steps.count {
        var other = script
        other.steps.removeSubrange(start..<min(start + length, other.steps.count))
        if !tried(other) { start += length }
      }
      if length == 1 { return }
      length = max(1, length / 2)
    }
  }

  private mutating func simplify() {
    let plain: [(inout Script) -> Void] = [
      { $0.hasSecond = false }, { $0.hasNAT = false }, { $0.clocks = [0, 0] }, { $0.drifts = [0, 0] },
      { $0.replayWindow = 2048 }, { $0.timeWindow = nil }, { $0.hasState = true },
    ]
    for change in plain {
      var other = script
      change(&other)
      _ = tried(other)
    }
  }

  /// Less time before, between and behind the steps.
  private mutating func shorten() {
    for index in 0...script.steps.count {
      for part in [1, 2, 4, 8] {
        let start = index == 0 ? 0 : script.steps[index - 1].time
        let gap = (index < script.steps.count ? script.steps[index].time : script.end) - start
        let less = gap / part / 1000 * 1000
        if less == 0 { continue }
        var other = script
        for later in index..<other.steps.count { other.steps[later].time -= less }
        other.end -= less
        if tried(other) { break }
      }
    }
  }
}
