import Foundation
import Testing
import TunnelLab

/// All suites that use the network: one at a time, so that none is late for another's sake. Tests/run has a few side by
/// side, each in a process of its own.
@Suite("End to end", .serialized, needsRoot)
struct EndToEnd {
  /// Suites that count lost packets, allocations or processor time, or send as fast as can be: Tests/run gives them the
  /// machine for themselves.
  @Suite("Measured", .serialized)
  struct Measured {}
}

extension EndToEnd {
  /// Real packets through real devices, between ours and ours, and between ours and Debian's quicktun 2.2.6.
  @Suite("Interoperation", .serialized)
  struct Interoperation {
    struct Ends: Sendable, CustomTestStringConvertible {
      let a: Daemon.Program
      let b: Daemon.Program
      var testDescription: String { "\(a) and \(b)" }
      static let all = [Ends(a: .ours, b: .ours), Ends(a: .ours, b: .old), Ends(a: .old, b: .ours)]
      static let mixed = Array(all.dropFirst())
    }

    /// A lab with a tunnel up between its hosts.
    private func up(_ tunnel: Tunnel, _ ends: Ends, mtu: Int? = nil) throws -> Lab {
      try Lab.started(tunnel, a: ends.a, b: ends.b, mtu: mtu)
    }

    private func expectBothWays(_ lab: Lab) throws {
      let isUp = try eventually { try lab.a.pings(lab.b.inner) }
      #expect(isUp, "\(lab.a.daemons[0].log)\n\(lab.b.daemons[0].log)")
      #expect(try lab.b.reaches(lab.a.inner, count: 3))
    }

    @Test(
      "every protocol, tun and tap, ping both ways and with the largest packets",
      arguments: ["raw", "nacl0", "nacltai", "salty"], Ends.all)
    func everyProtocol(name: String, ends: Ends) throws {
      for mode in ["tun", "tap"] {
        let mtu = (bestMTU[name] ?? 0) - (mode == "tap" ? 14 : 0)
        let lab = try up(try Tunnel(name, mode: mode), ends, mtu: mtu)
        try expectBothWays(lab)
        #expect(
          try lab.a.reaches(lab.b.inner, size: mtu - 28) && lab.b.reaches(lab.a.inner6, size: mtu - 48), "\(mode)")
      }
    }

    @Test("over IPv6, and with names instead of addresses", arguments: ["nacltai", "salty"], Ends.all)
    func overIPv6(name: String, ends: Ends) throws {
      let lab = try up(try Tunnel(name, over: 6), ends, mtu: 1400)
      try expectBothWays(lab)
    }

    @Test("packet information: 1 travels on the wire, 2 only on the device", arguments: Ends.all)
    func packetInformation(ends: Ends) throws {
      for (a, b) in [("1", "1"), ("2", "0"), ("2", "2")] {
        var tunnel = try Tunnel("nacltai")
        tunnel.a["USE_PI"] = a
        tunnel.b["USE_PI"] = b
        let lab = try up(tunnel, ends, mtu: 1400)
        try expectBothWays(lab)
        #expect(try lab.a.reaches(lab.b.inner6), "USE_PI \(a) and \(b)")
      }
    }

    @Test("nacltai with ROLE and one key on both sides", arguments: Ends.all)
    func role(ends: Ends) throws {
      let pair = try Pair()
      var tunnel = try Tunnel("nacltai").with(["PRIVATE_KEY": pair.secret, "PUBLIC_KEY": pair.public])
      (tunnel.a["ROLE"], tunnel.b["ROLE"]) = ("1", "0")
      try expectBothWays(try up(tunnel, ends, mtu: 1400))
    }

    @Test("a side that waits for the other to speak first, and follows it to a new port", arguments: Ends.all)
    func floating(ends: Ends) throws {
      for name in ["nacltai", "salty"] {
        var tunnel = try Tunnel(name)
        tunnel.b["REMOTE_ADDRESS"] = nil
        tunnel.b["REMOTE_FLOAT"] = "1"
        tunnel.a["LOCAL_PORT"] = "4001"
        let lab = try up(tunnel, ends, mtu: 1400)
        try expectBothWays(lab)
        lab.a.daemons[0].stop()
        tunnel.a["LOCAL_PORT"] = "4002"
        _ = try lab.a.start(ends.a, tunnel.a)
        try lab.a.configure(mtu: 1400)
        // Old salty answers to the place that it knew before; its next packet then goes to the new one.
        let isBack = try eventually(within: 8) { try lab.a.pings(lab.b.inner) }
        #expect(isBack, "\(name)")
        #expect(try lab.b.reaches(lab.a.inner), "\(name)")
      }
    }

    @Test("salty: either side may restart, twice, and traffic is back within five seconds", arguments: Ends.all)
    func restart(ends: Ends) throws {
      let tunnel = try Tunnel("salty")
      let lab = try up(tunnel, ends, mtu: 1400)
      try expectBothWays(lab)
      for _ in 0..<2 {
        for (host, program, settings) in [(lab.a, ends.a, tunnel.a), (lab.b, ends.b, tunnel.b)] {
          host.daemons.last?.stop()
          _ = try host.start(program, settings)
          try host.configure(mtu: 1400)
          let isBack = try eventually(within: 5) { try lab.a.pings(lab.b.inner) && lab.b.pings(lab.a.inner) }
          #expect(isBack, "\(program) restarted")
        }
      }
    }

    @Test("nacltai: either side may restart", arguments: Ends.all)
    func restartNaClTAI(ends: Ends) throws {
      let tunnel = try Tunnel("nacltai").with(["TIME_WINDOW": "60"])
      let lab = try up(tunnel, ends, mtu: 1400)
      try expectBothWays(lab)
      lab.a.daemons[0].stop()
      _ = try lab.a.start(ends.a, tunnel.a)
      try lab.a.configure(mtu: 1400)
      try expectBothWays(lab)
    }

    @Test("salty: keys are replaced while packets pass, with clocks that run sixty times as fast", arguments: Ends.all)
    func rekeying(ends: Ends) throws {
      let fast = [
        "=LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "=FAKETIME": "+0 x60",
        "=DONT_FAKE_MONOTONIC": "0", "DEBUG": "1",
      ]
      let lab = try up(try Tunnel("salty").with(fast), ends, mtu: 1400)
      try expectBothWays(lab)
      // Twelve seconds are twelve minutes: two updates at least, in both directions.
      let before = try lab.a.answers()
      let result = try lab.a.run("ping -n -q -i 0.05 -c 240 \(lab.b.inner)").output
      // ping does not wait for the last answers if they are late; the kernel counts them.
      #expect(try eventually { try lab.a.answers() == before + 240 }, "\(result)")
      for daemon in [lab.a.daemons[0], lab.b.daemons[0]] where daemon.program == .old {
        let updates = daemon.log.components(separatedBy: "Beginning key update").count - 1
        #expect(updates >= 3, "\(updates) key updates")
      }
    }
  }
}
