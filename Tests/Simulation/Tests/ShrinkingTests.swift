import Testing

@testable import Simulation

@Suite("Shrinking a script that fails")
struct ShrinkingTests {
  private static func steps(_ script: Script) -> String { script.steps.map(\.step.description).joined(separator: "\n") }

  /// Fails where b was moved before a restarted; in another way where something was cut.
  private static func fails(_ script: Script) -> Violation? {
    func fails(_ invariant: Invariant) -> Violation { Violation(invariant: invariant, text: "as planned") }
    if steps(script).contains(/move b(.|\n)*restart a/) { return fails(.recovery) }
    return steps(script).contains("cut a>b") ? fails(.deliveredOnce) : nil
  }

  private static func tell(of seed: UInt64) -> Script {
    var script = Script.invented(seed: seed, .nacltai, .waits)
    for (time, step) in [(0, "move b"), (script.end / 2, "restart a down 5 ms file kept"), (script.end - 1, "cut a>b")]
    {
      script.steps.append(Script.Timed(time: time, step: Step(step) ?? .forgetBindings))
    }
    script.steps.sort { $0.time < $1.time }
    return script
  }

  @Test("what is left fails in the same way, and nothing of it can be spared", arguments: 0..<20 as Range<UInt64>)
  func least(seed: UInt64) throws {
    let script = Self.tell(of: seed)
    let violation = try #require(Self.fails(script))
    let shrunk = Shrinking(script, violation, test: Self.fails)
    #expect(shrunk.violation.invariant == .recovery && Self.fails(shrunk.script)?.invariant == .recovery)
    #expect(shrunk.script.length == 2 && Self.steps(shrunk.script).contains(/^move b\nrestart a/))
    // It takes out whole seconds: before, between and behind them.
    #expect(shrunk.script.end < 3000 && shrunk.script.steps.allSatisfy { $0.time <= shrunk.script.end })
    #expect(!shrunk.script.hasNAT && !shrunk.script.hasSecond && shrunk.script.replayWindow == 2048)
    #expect(shrunk.script.clocks == [0, 0] && shrunk.script.drifts == [0, 0] && shrunk.script.hasState)
    #expect(shrunk.script.seed == script.seed && shrunk.script.proto == script.proto)
  }

  @Test("a script whose every step is needed stays as it is")
  func nothingToSpare() {
    let script = Script.invented(seed: 3, .salty, .floats)
    let shrunk = Shrinking(script, Violation(invariant: .roaming, text: "")) { other in
      other == script ? Violation(invariant: .roaming, text: "") : nil
    }
    #expect(shrunk.script == script)
  }

  @Test("a world's own failure is shrunk to what brings it about")
  func world() async {
    await #expect(processExitsWith: .success) {
      let script = try Script(
        lines: """
          world nacltai floats ours ours seed 8
          clocks 20 -40 drifts 0 0
          0.000 traffic a>b every 400 ms
          0.000 traffic b>a every 700 ms
          1.000 lose a>b 5 %
          2.000 move a
          4.000 restart b down 300 ms file kept
          6.000 lose a>b 0 %
          9.000 forge b>a count 20 noise
          20.000 end
          """)
      // That b follows a is no fault; here it stands for one.
      func follows(_ script: Script) -> Violation? {
        var isFollowed = false
        let world = World(script) { if $0.contains("b follows its peer to") { isFollowed = true } }
        return world.run() ?? (isFollowed ? Violation(invariant: .roaming, text: "") : nil)
      }
      let violation = try #require(follows(script))
      let shrunk = Shrinking(script, violation, test: follows)
      #expect(shrunk.script.steps.map(\.step.description) == ["move a"])
      #expect(shrunk.script.clocks == [0, 0] && follows(shrunk.script)?.invariant == .roaming)
    }
  }
}
