import Testing
import TunnelLab

extension EndToEnd {
  /// README's own layout: a knows b's address and calls; b waits, and follows a wherever it is. Each restarts in turn.
  @Suite("One side waits, the other calls", .serialized)
  struct Layouts {
    /// Seconds of darkness that a restart may cost with salty.
    struct Case: Sendable, CustomTestStringConvertible {
      let caller: Daemon.Program
      let waiting: Daemon.Program
      let whenWaitingRestarts: Double
      var testDescription: String { "\(caller) calls \(waiting)" }
    }

    private static func layout(_ name: String) throws -> Tunnel {
      var tunnel = try Tunnel(name)
      tunnel.b["REMOTE_ADDRESS"] = nil
      tunnel.b["REMOTE_FLOAT"] = "1"
      return tunnel
    }

    private func restart(_ host: Lab.Host, _ program: Daemon.Program, _ settings: [String: String]) throws {
      host.daemons.last?.stop()
      _ = try host.start(program, settings)
      try host.configure(mtu: 1400)
    }

    @Test(
      "salty: either may restart, whoever is at the other end, and packets pass again without anybody's help",
      arguments: [
        Case(caller: .ours, waiting: .ours, whenWaitingRestarts: 15),
        Case(caller: .ours, waiting: .old, whenWaitingRestarts: 20),
      ])
    func salty(_ one: Case) throws {
      let tunnel = try Self.layout("salty")
      let lab = try Lab.started(tunnel, a: one.caller, b: one.waiting, mtu: 1400)
      #expect(try eventually(within: 10) { try lab.a.pings(lab.b.inner) })
      for round in 0..<2 {
        try restart(lab.b, one.waiting, tunnel.b)
        let isBack = try eventually(within: one.whenWaitingRestarts) { try lab.a.pings(lab.b.inner) }
        #expect(isBack, "the waiting side restarted, round \(round)\n\(lab.a.daemons[0].log)")
        #expect(try lab.b.reaches(lab.a.inner, count: 3))
        try restart(lab.a, one.caller, tunnel.a)
        #expect(try eventually(within: 5) { try lab.a.pings(lab.b.inner) }, "the caller restarted, round \(round)")
        #expect(try lab.b.reaches(lab.a.inner, count: 3))
      }
    }

    @Test(
      "nacltai: either may restart, and the caller's next packet is enough",
      arguments: [(Daemon.Program.ours, Daemon.Program.ours), (.ours, .old), (.old, .ours)])
    func nacltai(_ caller: Daemon.Program, _ waiting: Daemon.Program) throws {
      let tunnel = try Self.layout("nacltai").with(["TIME_WINDOW": "60"])
      let lab = try Lab.started(tunnel, a: caller, b: waiting, mtu: 1400)
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      for (host, program, settings) in [(lab.b, waiting, tunnel.b), (lab.a, caller, tunnel.a)] {
        try restart(host, program, settings)
        #expect(try eventually(within: 5) { try lab.a.pings(lab.b.inner) })
        #expect(try lab.b.reaches(lab.a.inner, count: 3))
      }
    }
  }
}
