import Foundation
import TunnelLab

/// Measures one tunnel that is up, between the two hosts of a lab.
struct Measurement {
  let lab: Lab
  /// For each of the TCP and UDP measurements.
  let seconds: Int

  /// Seconds of the daemons' CPU for each of their clock ticks.
  private static let tick = 1 / Double(sysconf(Int32(_SC_CLK_TCK)))

  func measure() throws -> Figures {
    var figures = Figures()
    figures.values[.ping] = try ping()
    try lab.b.serveIperf()
    let before = processorSeconds()
    if let (rate, bytes) = try tcp("") {
      figures.values[.forward] = rate
      figures.values[.processor] = (processorSeconds() - before) / (bytes / 1e9)
    }
    figures.values[.backward] = try tcp("-R")?.rate
    figures.values[.four] = try tcp("-P 4")?.rate
    figures.values[.packets] = try smallPackets()
    figures.values[.memory] = memory()
    return figures
  }

  private func ping() throws -> Double? {
    _ = try lab.a.pings(lab.b.inner, count: 20)
    let text = try lab.a.run("ping -q -n -c 1000 -i 0.002 \(lab.b.inner)").output
    guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("rtt") }) else { return nil }
    return Double(line.split(separator: "/")[4])
  }

  /// Gb/s received, and bytes received.
  private func tcp(_ options: String) throws -> (rate: Double, bytes: Double)? {
    guard let end = try iperf(options), let sum = end["sum_received"] as? [String: Any],
      let rate = sum["bits_per_second"] as? Double, let bytes = sum["bytes"] as? Double
    else { return nil }
    return (rate / 1e9, bytes)
  }

  /// Thousands that arrived in a second, of as many as can be sent.
  private func smallPackets() throws -> Double? {
    guard let end = try iperf("-u -l 64 -b 0"), let sum = end["sum"] as? [String: Any],
      let packets = sum["packets"] as? Double, let lost = sum["lost_packets"] as? Double,
      let seconds = sum["seconds"] as? Double
    else { return nil }
    return (packets - lost) / seconds / 1e3
  }

  private func iperf(_ options: String) throws -> [String: Any]? {
    let text = try lab.a.run("iperf3 -J -c \(lab.b.inner) -t \(seconds) \(options)").output
    let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return object?["end"] as? [String: Any]
  }

  private var daemons: [Daemon] { lab.a.daemons + lab.b.daemons }

  private func processorSeconds() -> Double {
    daemons.map { daemon in
      let text = (try? String(contentsOfFile: "/proc/\(daemon.identifier)/stat", encoding: .utf8)) ?? ""
      // The name may hold blanks; what follows it begins with field 3. User and system time are 14 and 15.
      let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 12 ? ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) * Self.tick : 0
    }.reduce(0, +)
  }

  /// Of the larger daemon.
  private func memory() -> Double? {
    daemons.compactMap { daemon in
      let text = (try? String(contentsOfFile: "/proc/\(daemon.identifier)/status", encoding: .utf8)) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
      return line.flatMap { Double($0.split(separator: " ")[1]) }.map { $0 / 1024 }
    }.max()
  }
}
