import Testing

@testable import Simulation

/// A world's story, line for line, and what did not hold in it.
///
/// To be called in a process of its own (`processExitsWith`): a world draws libsodium's random bytes, hears all calls of
/// libsodium, and looks at how much memory there is.
struct Story: Equatable {
  let lines: [String]
  let violation: Violation?
  let coverage: String

  init(_ script: Script) {
    var lines: [String] = []
    let world = World(script) { lines.append($0) }
    violation = world.run()
    coverage = world.coverage.text
    self.lines = lines
  }
}

extension Script {
  /// Fails the test where a line is none of a script.
  init(lines text: String) throws {
    do {
      try self.init(text)
    } catch {
      Issue.record("\(error)")
      throw error
    }
  }
}
