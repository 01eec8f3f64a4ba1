import Testing

@testable import Simulation

@Suite("Scripts as text")
struct ScriptTextTests {
  private static let header = "world salty floats ours ours seed 1\n"

  @Test("a script that is invented reads as itself", arguments: Script.WireFormat.allCases, Script.Layout.allCases)
  func invented(proto: Script.WireFormat, layout: Script.Layout) throws {
    for seed in 0..<200 as Range<UInt64> {
      let script = Script.invented(
        seed: seed, proto, layout, seed % 3 == 0 ? .old : .ours, seed % 5 == 0 ? .old : .ours)
      #expect(try Script(lines: script.description) == script, "seed \(seed)")
    }
  }

  private static let ofWays = [
    "traffic * every 0 ms", "traffic * every 250 ms", "lose * 30 %", "duplicate * 50 %", "damage * 5 %",
    "delay * 200 ms and up to 800 ms", "cut *", "heal *", "narrow * 576 told", "narrow * 1500 silently",
    "drop * control", "drop * data", "drop * over 800", "drop * under 60", "drop * nothing",
    "forge * count 40 noise", "forge * count 1 control", "forge * count 2 data",
    "replay * from 0 count 1 again", "replay * from 1000 count 100 elsewhere", "replay * from 5 count 3 back",
    "replay * from 5 count 3 across", "replay * from 5 count 3 disguised", "replay * from 5 count 3 flipped",
    "replay * from 5 count 3 shortened", "replay * from 5 count 3 lengthened",
  ]
  private static let ofHosts = [
    "move *", "return *", "clock * by -70 s", "clock * by 100000 s", "sleep * 8 s", "backup *",
    "restart * down 5 ms file kept", "restart * down 300 ms file lost", "restart * down 60000 ms file restored",
    "reboot * down 2000 ms clock over file kept", "reboot * down 20000 ms clock kept file lost",
    "reboot * down 120000 ms clock kept file restored",
  ]

  private static func filled(_ lines: [String], _ names: [String]) -> [String] {
    lines.flatMap { line in names.map { line.replacing("*", with: $0) } }
  }

  private static var stepLines: [String] {
    filled(ofWays, ["a>b", "b>a", "c>b", "b>c"]) + filled(ofHosts, ["a", "b", "c"])
      + ["nat forgets", "nat expires after 10 s"]
  }

  @Test("each kind of step reads as itself", arguments: stepLines)
  func steps(line: String) throws {
    let script = try Script(lines: Self.header + "0.250 \(line)\n93.000 end")
    #expect(script.steps.map(\.step.description) == [line] && script.steps.map(\.time) == [250])
    #expect(script.end == 93_000)
    #expect(try Script(lines: script.description) == script)
  }

  @Test(
    "each header reads as itself",
    arguments: [
      "world salty waits ours old seed 17", "world nacltai fixed old ours seed 18446744073709551615",
      "world salty floats old old seed 0", "world salty waits ours ours seed 1\nwith nat",
      "world salty waits ours ours seed 1\nwith second tunnel",
      "world nacltai waits ours ours seed 1\nwith nat, second tunnel, no state files, window 64, time window 60",
      "world salty fixed ours ours seed 1\nclocks -300 20 drifts 15 -3",
    ])
  func headers(text: String) throws {
    #expect(try Script(lines: text + "\n0.000 move a\n0.001 end").description == text + "\n0.000 move a\n0.001 end")
  }

  @Test(
    "what no script has is refused, and named",
    arguments: [
      "1.000", "move a", "1.000 jump a", "1.000 move d", "1.000 move", "1.000 move a b", "1.000 lose a>b 30",
      "1.000 lose a>a 30 %", "1.000 lose a-b 30 %", "1.000 drop a>b everything", "1.000 drop a>b over",
      "1.000 restart a down 5 ms file burnt", "1.000 reboot a down 5 ms clock fast file kept",
      "1.000 narrow a>b 576 loudly", "1.000 replay a>b from 0 count 1 sideways", "1.000 forge a>b count 1 money",
      "1.000 nat remembers", "1.000 clock a by 5", "1.000 delay a>b 5 ms", "with cheese", "clocks 1 2 drifts 3",
    ])
  func refusals(line: String) {
    let error = #expect(throws: Script.NotAScript.self) { try Script(Self.header + line + "\n2.000 end") }
    #expect(error?.description.contains(line) == true)
  }

  @Test(
    "so is a first line that says of no world",
    arguments: [
      "", "0.000 move a", "world salty floats ours ours", "world raw floats ours ours seed 1",
      "world salty hangs ours ours seed 1", "world salty floats ours theirs seed 1",
      "world salty floats ours ours seed -1",
    ])
  func noWorld(line: String) {
    let error = #expect(throws: Script.NotAScript.self) { try Script(line) }
    #expect(error?.description.contains(line) == true)
  }
}
