import Foundation
import TunnelLab

/// A tunnel program in one setting, and how it is brought up in a lab: afterwards 10.9.0.1 and 10.9.0.2 are joined.
struct Contestant: Sendable {
  let name: String
  /// The contestants that it is compared with come first in the same group.
  let group: String
  /// What has to be on this machine.
  let program: String
  let bringUp: @Sendable (Lab) throws -> Void

  var isInstalled: Bool { (try? run(["sh", "-c", "command -v \(program)"]).isSuccess) == true }
}

extension Contestant {
  /// quicktun, old or ours, at each end.
  static func quicktun(
    _ name: String, _ group: String, _ a: Daemon.Program, _ b: Daemon.Program, mode: String = "tun",
    settings: [String: String] = [:], protocol named: String? = nil
  ) -> Contestant {
    Contestant(name: name, group: group, program: "quicktun") { lab in
      let wireFormat = named ?? group
      var tunnel = try Tunnel(wireFormat, mode: mode)
      if a != .old { tunnel.a.merge(settings) { $1 } }
      if b != .old { tunnel.b.merge(settings) { $1 } }
      _ = try lab.a.start(a, tunnel.a)
      _ = try lab.b.start(b, tunnel.b)
      let mtu = (bestMTU[wireFormat] ?? 1400) - (mode == "tap" ? 14 : 0)
      for host in [lab.a, lab.b] { try host.configure(mtu: mtu) }
    }
  }

  /// This build and another of ours.
  static let beforeAndAfter: [Contestant] = ["salty", "nacltai", "raw"].flatMap { name in
    [quicktun("before", name, .before, .before), quicktun("this", name, .ours, .ours)]
      + (name == "raw"
        ? []
        : [
          quicktun("before", name + ", tap", .before, .before, mode: "tap", protocol: name),
          quicktun("this", name + ", tap", .ours, .ours, mode: "tap", protocol: name),
        ])
  }

  /// Ours and quicktun in every combination that the comparison needs.
  static let quicktuns: [Contestant] = {
    let encrypted = ["salty", "nacltai"].flatMap { name in
      [
        quicktun("quicktun 2.2.6", name, .old, .old),
        quicktun("this", name, .ours, .ours),
        quicktun("this, OFFLOAD=off", name, .ours, .ours, settings: ["OFFLOAD": "off"]),
        quicktun("this to quicktun 2.2.6", name, .ours, .old),
        quicktun("this, tap", name, .ours, .ours, mode: "tap"),
      ]
    }
    return encrypted + [quicktun("quicktun 2.2.6", "raw", .old, .old), quicktun("this", "raw", .ours, .ours)]
  }()
}
