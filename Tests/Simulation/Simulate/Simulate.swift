import Glibc
import Simulation

/// Runs worlds and tells what did not hold in them.
@main
struct Simulate {
  static let usage = """
    simulate [--protocol NAME] [--layout NAME] [--a PROGRAM] [--b PROGRAM] [--go-on] [--coverage] [--quick]
             FIRST COUNT
        Makes COUNT worlds from the numbers FIRST and following. Those that fail are shrunk and told.
        NAME: salty, nacltai; waits, fixed, floats (all in turn). PROGRAM: ours, old (ours). Status 1 if one failed.
        With --quick a hash stands in for X25519, which most of the time is for.
    simulate --script
        Runs the script that comes from the standard input, and tells its story.
    """

  static func main() {
    guard let options = Options(CommandLine.arguments.dropFirst()) else {
      print(usage)
      exit(2)
    }
    if !options.readsScript { exit(run(options)) }
    do {
      exit(tell(try Script(input())))
    } catch {
      print(error)
      exit(2)
    }
  }

  /// Prints a script's story. The status to end with.
  private static func tell(_ script: Script) -> Int32 {
    print(script, terminator: "\n\n")
    let violation = World(script) { print("    \($0)") }.run()
    if violation == nil { print("Everything holds.") }
    return violation == nil ? 0 : 1
  }

  private static func run(_ options: Options) -> Int32 {
    var coverage = Coverage()
    var failed = 0
    for seed in options.first..<options.first + options.count {
      let script = options.script(seed)
      let world = World(script)
      if let violation = world.run() {
        failed += 1
        report(seed, script, violation)
        if !options.goesOn { break }
      }
      coverage.add(world.coverage)
    }
    if options.tellsCoverage { print(coverage.text) }
    return failed == 0 ? 0 : 1
  }

  private static func report(_ seed: UInt64, _ script: Script, _ violation: Violation) {
    let shrunk = Shrinking(script, violation)
    print("seed \(seed), \(script.length) steps shrunk to \(shrunk.script.length): \(violation)\n")
    _ = tell(shrunk.script)
    print("")
  }

  private static func input() -> String {
    var lines: [String] = []
    while let line = readLine() { if !line.isEmpty { lines.append(line) } }
    return lines.joined(separator: "\n")
  }
}

/// The words of the command line.
private struct Options {
  var protocols = Script.WireFormat.allCases
  var layouts = Script.Layout.allCases
  var a = Script.Program.ours
  var b = Script.Program.ours
  var goesOn = false
  var tellsCoverage = false
  var readsScript = false
  var first: UInt64 = 0
  var count: UInt64 = 0

  /// Nil if the words are none that `Simulate.usage` has.
  init?(_ arguments: ArraySlice<String>) {
    var words = arguments
    var numbers: [UInt64] = []
    while let word = words.popFirst() {
      switch word {
      case "--protocol": protocols = words.popFirst().flatMap { Script.WireFormat(rawValue: $0) }.map { [$0] } ?? []
      case "--layout": layouts = words.popFirst().flatMap { Script.Layout(rawValue: $0) }.map { [$0] } ?? []
      case "--a": if let program = Self.program(&words) { a = program } else { return nil }
      case "--b": if let program = Self.program(&words) { b = program } else { return nil }
      case "--go-on": goesOn = true
      case "--coverage": tellsCoverage = true
      case "--quick": World.agreeQuickly(true)
      case "--script": readsScript = true
      default: if let number = UInt64(word) { numbers.append(number) } else { return nil }
      }
    }
    guard numbers.count == (readsScript ? 0 : 2), !protocols.isEmpty, !layouts.isEmpty else { return nil }
    // How two originals get on with each other is theirs to say.
    if a == .old && b == .old { return nil }
    if !readsScript { (first, count) = (numbers[0], numbers[1]) }
  }

  private static func program(_ words: inout ArraySlice<String>) -> Script.Program? {
    words.popFirst().flatMap { Script.Program(rawValue: $0) }
  }

  /// All pairs of protocol and layout in turn.
  func script(_ seed: UInt64) -> Script {
    let pair = Int(seed % UInt64(protocols.count * layouts.count))
    return Script.invented(
      seed: seed, protocols[pair % protocols.count], layouts[pair / protocols.count], a, b)
  }
}
