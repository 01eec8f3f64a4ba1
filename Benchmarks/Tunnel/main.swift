import Foundation
import TunnelLab

// tunnel-benchmark [--rounds N] [--seconds N] [--only WORDS] [--output DIRECTORY]: see Benchmarks/run. With another build
// of ours in QUICKTUN_BEFORE it measures that one and this, instead.

func option(_ name: String) -> String? {
  let words = CommandLine.arguments
  guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
  return words[index + 1]
}

let roundCount = option("--rounds").flatMap(Int.init) ?? 3
let seconds = option("--seconds").flatMap(Int.init) ?? 5
let isBeforeAndAfter = ProcessInfo.processInfo.environment["QUICKTUN_BEFORE"] != nil
let all = isBeforeAndAfter ? Contestant.beforeAndAfter : Contestant.quicktuns + Contestant.others
let contestants = all.filter { contestant in
  let only = option("--only").map { $0.split(separator: ",") } ?? []
  let isMeant = only.isEmpty || only.contains { "\(contestant.group): \(contestant.name)".contains($0) }
  return isMeant && contestant.isInstalled
}

func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

var results = contestants.map { (contestant: $0, rounds: Rounds()) }
var bareBox: [Double] = []
for round in 1...roundCount {
  bareBox += [Report.bareBoxSecondsPerGB()].compactMap { $0 }
  for index in results.indices {
    let contestant = results[index].contestant
    do {
      let lab = try Lab()
      try contestant.bringUp(lab)
      guard try eventually(within: 10, { try lab.a.pings(lab.b.inner) }) else {
        note("\(contestant.group): \(contestant.name): no ping\n" + (lab.a.daemons + lab.b.daemons).map(\.log).joined())
        continue
      }
      let figures = try Measurement(lab: lab, seconds: seconds).measure()
      results[index].rounds.add(figures)
      let text = Figures.Name.allCases.map { name in
        figures.values[name].map { String(format: "%.\(name.digits)f", $0) } ?? "-"
      }
      note("round \(round), \(contestant.group): \(contestant.name): \(text.joined(separator: " "))")
    } catch {
      note("\(contestant.group): \(contestant.name): \(error)")
    }
  }
}

let report = Report(results: results)
let text = report.markdown + "\n\n" + Report.surroundings(rounds: roundCount, seconds: seconds, bareBox: bareBox) + "\n"
print(text)
if let directory = option("--output") {
  try text.write(toFile: directory + "/tunnel.md", atomically: true, encoding: .utf8)
  try Picture(report: report).svg.write(toFile: directory + "/tunnel.svg", atomically: true, encoding: .utf8)
}
