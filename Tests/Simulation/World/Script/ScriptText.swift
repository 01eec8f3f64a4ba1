/// A script as lines of text: what the simulator prints and a regression test holds.
///
///     world salty waits ours old seed 17
///     with nat, second tunnel, no state files, window 64, time window 60
///     clocks -300 20 drifts 15 -3
///     0.250 lose a>b 30 %
///     93.000 end
extension Script: CustomStringConvertible {
  package var description: String {
    var lines = ["world \(proto) \(layout) \(a) \(b) seed \(seed)"]
    let options = [
      hasNAT ? "nat" : nil, hasSecond ? "second tunnel" : nil, hasState ? nil : "no state files",
      replayWindow == 2048 ? nil : "window \(replayWindow)", timeWindow.map { "time window \($0)" },
    ].compactMap { $0 }
    if !options.isEmpty { lines.append("with " + options.joined(separator: ", ")) }
    if clocks != [0, 0] || drifts != [0, 0] {
      lines.append("clocks \(clocks[0]) \(clocks[1]) drifts \(drifts[0]) \(drifts[1])")
    }
    lines += steps.map { "\(Self.text($0.time)) \($0.step)" }
    lines.append("\(Self.text(end)) end")
    return lines.joined(separator: "\n")
  }

  /// Seconds with three digits.
  private static func text(_ milliseconds: Int) -> String {
    "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())"
  }

  /// What a line says that no script has.
  package struct NotAScript: Error, CustomStringConvertible {
    let line: String
    package var description: String { "not a line of a script: \(line)" }
  }

  package init(_ text: String) throws(NotAScript) {
    let lines = text.split(separator: "\n").map(String.init)
    guard let first = lines.first else { throw NotAScript(line: "(none)") }
    let words = first.split(separator: " ").map(String.init)
    guard words.count == 7, words[0] == "world", words[5] == "seed", let proto = WireFormat(rawValue: words[1]),
      let layout = Layout(rawValue: words[2]),
      let a = Program(rawValue: words[3]), let b = Program(rawValue: words[4]), let seed = UInt64(words[6])
    else { throw NotAScript(line: first) }
    self.init(proto: proto, layout: layout, a: a, b: b, seed: seed, end: 0)
    for line in lines.dropFirst() { try read(line) }
  }

  private mutating func read(_ line: String) throws(NotAScript) {
    let words = line.split(separator: " ").map(String.init)
    if words.first == "with" {
      for option in line.dropFirst(5).split(separator: ", ") { try read(option: String(option), of: line) }
    } else if words.first == "clocks" {
      let numbers = words.compactMap { Int($0) }
      guard numbers.count == 4 else { throw NotAScript(line: line) }
      (clocks, drifts) = (Array(numbers[..<2]), Array(numbers[2...]))
    } else if let time = words.first.flatMap({ Double($0) }).map({ Int(($0 * 1000).rounded()) }), words.count > 1 {
      if words[1] == "end" { return end = time }
      guard let step = Step(words.dropFirst().joined(separator: " ")) else { throw NotAScript(line: line) }
      steps.append(Timed(time: time, step: step))
    } else {
      throw NotAScript(line: line)
    }
  }

  private mutating func read(option: String, of line: String) throws(NotAScript) {
    let number = option.split(separator: " ").last.flatMap { Int($0) }
    switch option.split(separator: " ").first {
    case "nat": hasNAT = true
    case "second": hasSecond = true
    case "no": hasState = false
    case "window": replayWindow = number ?? replayWindow
    case "time": timeWindow = number
    default: throw NotAScript(line: line)
    }
  }
}
