import Foundation
import TunnelLab

/// The medians as a Markdown table, with ratios to the first contestant of each group.
struct Report {
  let results: [(contestant: Contestant, rounds: Rounds)]

  var markdown: String {
    let heads = ["protocol", "program"] + Figures.Name.allCases.map(\.rawValue)
    var lines = [row(heads), row(heads.indices.map { $0 < 2 ? "---" : "---:" })]
    for (contestant, rounds) in results {
      let first = results.first { $0.contestant.group == contestant.group }?.rounds
      let cells = Figures.Name.allCases.map { cell($0, rounds, contestant.group == "others" ? nil : first) }
      lines.append(row([contestant.group, contestant.name] + cells))
    }
    return lines.joined(separator: "\n")
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  private func cell(_ name: Figures.Name, _ rounds: Rounds, _ first: Rounds?) -> String {
    guard let value = rounds.median(name) else { return "-" }
    let text = String(format: "%.\(name.digits)f", value)
    guard let base = first?.median(name), base > 0, base != value else { return text }
    return text + String(format: " (%.2f×)", value / base)
  }

  /// CPU seconds that libsodium's crypto_box takes to seal and open a GB of 1440-byte packets.
  static func bareBoxSecondsPerGB() -> Double? {
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/seal-benchmark"
    return Double((try? must("\(program) --bare 1440").trimmingCharacters(in: .whitespacesAndNewlines)) ?? "")
  }

  /// Where, when and with what it was measured.
  static func surroundings(rounds: Int, seconds: Int, bareBox: [Double]) -> String {
    let processor =
      (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
      .first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? "an unknown processor"
    let date = Date().formatted(.iso8601.year().month().day())
    let versions = ["libsodium23", "iperf3", "quicktun", "wireguard-go", "fastd", "openvpn", "tinc"].compactMap {
      name in
      let found = try? run(["dpkg-query", "--show", "--showformat=${Version}", name])
      return found.flatMap { $0.isSuccess && !$0.output.isEmpty ? "\(name) \($0.output)" : nil }
    }
    let kernel = (try? must("uname -r"))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "?"
    let sorted = bareBox.sorted()
    let box = sorted.isEmpty ? "?" : String(format: "%.2f", sorted[sorted.count / 2])
    return """
      Measured on \(date) with both ends and iperf3 on one machine: \(ProcessInfo.processInfo.processorCount) cores of \
      \(processor.trimmingCharacters(in: .whitespaces)), Linux \(kernel), \(versions.joined(separator: ", ")). Medians \
      of \(rounds) rounds of \(seconds) s, in turn; in brackets the ratio to quicktun 2.2.6. CPU is both daemons', memory \
      the larger one's. libsodium's crypto_box alone takes \(box) CPU seconds to seal and open a GB of 1440-byte packets.
      """
  }
}
