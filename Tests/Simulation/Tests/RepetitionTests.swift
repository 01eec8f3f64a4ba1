import Testing

@testable import Simulation

@Suite("What happens follows from the script alone")
struct RepetitionTests {
  /// The programs of both sides, for each protocol and layout.
  private static let pairs: [(Script.Program, Script.Program)] = [(.ours, .ours), (.old, .ours), (.ours, .old)]

  private static func scripts(_ proto: Script.WireFormat) -> [Script] {
    Script.Layout.allCases.enumerated().flatMap { row, layout in
      pairs.enumerated().map { .invented(seed: UInt64(3 * row + $0), proto, layout, $1.0, $1.1) }
    }
  }

  @Test("salty: a script has the same story again, after other worlds too")
  func salty() async {
    await #expect(processExitsWith: .success) { Self.tellTwice(Self.scripts(.salty)) }
  }

  @Test("nacltai: a script has the same story again, after other worlds too")
  func nacltai() async {
    await #expect(processExitsWith: .success) { Self.tellTwice(Self.scripts(.nacltai)) }
  }

  private static func tellTwice(_ scripts: [Script]) {
    let first = scripts.map { Story($0) }
    // In another order, so that another world came before each.
    let second = scripts.reversed().map { Story($0) }
    for (script, (story, again)) in zip(scripts, zip(first, second.reversed())) {
      #expect(story.lines.count > script.length, "\(script)")
      #expect(story == again, "\(script)")
    }
    #expect(Set(first.map(\.lines)).count == scripts.count, "each has a story of its own")
  }

  @Test("nobody's keys and packets change when a step is taken out: an attack, a loss on the way")
  func independentDraws() async {
    await #expect(processExitsWith: .success) {
      let script = try Script(
        lines: """
          world salty floats ours ours seed 5
          0.000 traffic a>b every 400 ms
          0.000 traffic b>a every 700 ms
          3.000 lose a>b 30 %
          3.500 forge a>b count 20 noise
          4.000 replay b>a from 0 count 5 elsewhere
          6.000 lose a>b 0 %
          8.000 restart b down 300 ms file kept
          12.000 end
          """)
      let whole = Drawn(script)
      #expect(whole.keys.map(\.count) == [1, 2] && !whole.keys.joined().contains([]))
      #expect(whole.lengths.allSatisfy { $0.count > 10 })
      for index in script.steps.indices where "\(script.steps[index].step)".contains(/lose|forge|replay/) {
        var shorter = script
        shorter.steps.remove(at: index)
        let drawn = Drawn(shorter)
        #expect(drawn.keys == whole.keys, "without \(script.steps[index].step)")
        for (lengths, before) in zip(drawn.lengths, whole.lengths) {
          for (number, length) in lengths { #expect(before[number] == nil || before[number] == length) }
        }
      }
    }
  }

  /// What the sides of a world have drawn.
  private struct Drawn {
    /// The keys with which each run of each side's process begins.
    var keys: [[Set<Seals.Key>]]
    /// How long the datagrams of each side's packets are, by the packets' numbers.
    var lengths: [[Int: Int]]

    init(_ script: Script) {
      let world = World(script)
      #expect(world.run() == nil)
      keys = world.sides.map { side in
        (1...side.run).map { run in
          let made = world.seals.made.filter { $0.value.side == side.index && $0.value.run == run }
          let start = made.values.map(\.time).min()
          return Set(made.filter { $0.value.time == start }.keys)
        }
      }
      let end = Time.milliseconds(script.end)
      lengths = world.deliveries.ofSide.map { sent in
        Dictionary(
          uniqueKeysWithValues: sent.enumerated().compactMap { number, packet in
            packet.time < end ? packet.datagram.map { (number, world.wire.datagrams[$0].bytes.count) } : nil
          })
      }
    }
  }
}
