import Foundation
import Testing
import TunnelLab

extension EndToEnd.Measured {
  /// Super-packets are cut and joined on the way, and nobody can tell.
  @Suite("Fast path", .serialized)
  struct FastPath {
    private func up(
      _ tunnel: Tunnel, _ a: Daemon.Program = .ours, _ b: Daemon.Program = .ours, mtu: Int? = 1400
    ) throws -> Lab {
      let lab = try Lab()
      var tunnel = tunnel
      // The old program has the kernel's small buffer for datagrams: full, after a pause of the machine's of 20 ms.
      let shim = [a, b].contains(.old) ? try TestPrograms.library("large_buffer", in: lab) : nil
      if a == .old { tunnel.a["=LD_PRELOAD"] = shim }
      if b == .old { tunnel.b["=LD_PRELOAD"] = shim }
      _ = try lab.a.start(a, tunnel.a)
      _ = try lab.b.start(b, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: mtu) }
      let isUp = try eventually { try lab.a.pings(lab.b.inner) }
      #expect(isUp, "\(lab.a.daemons[0].log)\n\(lab.b.daemons[0].log)")
      return lab
    }

    /// A few megabytes each way, and some datagrams: all as they were.
    private func expectTraffic(
      _ lab: Lab, inner: Int = 4, bytes: Int = 20_000_000, _ what: String = "",
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      for (from, to) in [(lab.a, lab.b), (lab.b, lab.a)] {
        let traffic = Traffic(from: from, to: to, address: inner == 4 ? to.inner : to.inner6)
        let (sent, received) = try traffic.tcp(bytes: bytes)
        #expect(sent == received && received.hasSuffix(" \(bytes)\n"), "\(what)", sourceLocation: sourceLocation)
        let datagrams = try traffic.udp(packets: 2000, perSecond: 4000, length: 500, segments: 10)
        #expect(datagrams == "0 0 0", "\(what)", sourceLocation: sourceLocation)
      }
    }

    @Test("what an old peer gets is whole packets, each as the stack would have sent it", arguments: ["tun", "tap"])
    func capture(mode: String) throws {
      let lab = try up(try Tunnel("nacltai", mode: mode), .ours, .old)
      let file = lab.directory + "/capture"
      let sniffer = try lab.b.sniffing([
        "-i", "qt0", "-w", file, "-s", "0", "-B", "65536", "-U", "src", "10.9.0.1", "or", "src", "fd09::1",
      ])
      try lab.b.serveIperf()
      // As fast and in bursts as short as an old program's socket takes, so that nothing has to be sent again.
      for address in [lab.b.inner, lab.b.inner6] {
        try lab.a.must("iperf3 -c \(address) -n 8M -b 60M -l 16K")
        let traffic = Traffic(from: lab.a, to: lab.b, address: address)
        #expect(try traffic.udp(packets: 2000, perSecond: 4000, length: 1100, segments: 16) == "0 0 0")
      }
      // A last packet: when the file has that, it has them all.
      let mark = "end of capture.."
      let digits = mark.utf8.map { String(format: "%02x", $0) }.joined()
      try lab.a.must("ping -n -q -c 1 -W 10 -p \(digits) \(lab.b.inner)")
      #expect(try eventually(within: 60) { try run(["grep", "-qaF", mark, file]).isSuccess })
      _ = sniffer.result(within: 5, interrupted: true)
      let checked = try run(["python3", TestPrograms.path("check_capture.py"), file])
      try #require(checked.isSuccess, "\(checked.errors)")
      let counts = checked.output.split(whereSeparator: \.isWhitespace)
      #expect(Int(counts[3]) ?? 0 > 10_000 && Int(counts[5]) ?? 0 >= 4000, "\(checked.output)")
      #expect(Int(counts[7]) ?? 9999 <= 1400)
    }

    @Test("IPv4 and IPv6 inside, tun and tap, ours and old", arguments: ["nacl0", "nacltai", "salty"])
    func insideAndOut(name: String) throws {
      for (mode, b) in [("tun", Daemon.Program.ours), ("tap", .ours), ("tun", .old)] {
        let lab = try up(try Tunnel(name, mode: mode, over: mode == "tap" ? 6 : 4), .ours, b)
        for inner in [4, 6] { try expectTraffic(lab, inner: inner, bytes: 5_000_000, "\(mode) \(b) IPv\(inner)") }
      }
    }

    @Test("traffic of a third host that a routes through the tunnel")
    func forwarding() throws {
      let lab = try up(try Tunnel("salty"))
      let third = try lab.addHost()
      try must("ip link add side netns \(lab.a.namespace) type veth peer name side netns \(third.namespace)")
      try lab.a.must("ip address add 10.8.0.1/24 dev side")
      try third.must("ip address add 10.8.0.3/24 dev side")
      for host in [lab.a, third] { try host.must("ip link set side up") }
      try third.must("ip route add default via 10.8.0.1")
      try lab.a.must("sysctl -qw net.ipv4.ip_forward=1")
      try lab.b.must("ip route add 10.8.0.0/24 via 10.9.0.1")
      // The third host's bursts wait here.
      try Traffic.lengthenQueue(lab.a)
      for (from, to, address) in [(third, lab.b, lab.b.inner), (lab.b, third, "10.8.0.3")] {
        let (sent, received) = try Traffic(from: from, to: to, address: address).tcp(bytes: 50_000_000)
        #expect(sent == received)
        let datagrams = try Traffic(from: from, to: to, address: address).udp(
          packets: 2000, perSecond: 4000, length: 1000, segments: 8)
        #expect(datagrams == "0 0 0")
      }
    }

    @Test(
      "MTU of 576 to 9000, the same or not on both sides",
      arguments: [[576, 576], [576, 9000], [1500, 1280], [9000, 9000]])
    func mtu(sizes: [Int]) throws {
      let lab = try up(try Tunnel("salty"), mtu: nil)
      try lab.a.must("ip link set qt0 mtu \(sizes[0])")
      try lab.b.must("ip link set qt0 mtu \(sizes[1])")
      for (from, to) in [(lab.a, lab.b), (lab.b, lab.a)] {
        let (sent, received) = try Traffic(from: from, to: to, address: to.inner).tcp(bytes: 10_000_000)
        #expect(sent == received)
      }
    }

    @Test("the path's MTU shrinks while packets pass")
    func shrinkingPath() throws {
      let lab = try up(try Tunnel("salty"))
      try expectTraffic(lab, bytes: 5_000_000)
      for host in [lab.a, lab.b] { try host.must("ip link set wire mtu 1280") }
      try expectTraffic(lab, bytes: 5_000_000, "1280")
      #expect(lab.a.daemons[0].log.components(separatedBy: "UDP_SEGMENT").count <= 2, "said once")
    }

    @Test("a link that can do nothing by itself")
    func bareLink() throws {
      let lab = try up(try Tunnel("salty"))
      for host in [lab.a, lab.b] {
        try host.must("ethtool -K wire tx off rx off sg off tso off gso off gro off tx-udp-segmentation off")
      }
      try expectTraffic(lab)
    }

    @Test(
      "a kernel that refuses a feature: slower, said once, and right",
      arguments: [
        "header", "tso uso", "uso", "write", "gro", "segment", "eio", "buffers", "header gro segment buffers",
      ])
    func refusal(features: String) throws {
      let scratch = try Lab()
      let shim = try TestPrograms.library("refuse", in: scratch)
      let lab = try up(try Tunnel("salty").with(["=LD_PRELOAD": shim, "=REFUSE": features]))
      try expectTraffic(lab, bytes: 10_000_000, features)
      let log = lab.a.daemons[0].log
      if !["gro", "buffers"].contains(features) {
        #expect(log.components(separatedBy: "slower").count - 1 == (features.hasPrefix("header ") ? 2 : 1), "\(log)")
      }
    }

    @Test("OFFLOAD=off")
    func off() throws { try expectTraffic(try up(try Tunnel("nacltai").with(["OFFLOAD": "off"]))) }

    @Test("ten gigabytes, with a hash")
    func tenGigabytes() throws {
      let lab = try up(try Tunnel("salty"), mtu: 1452)
      let (sent, received) = try Traffic(from: lab.a, to: lab.b, address: lab.b.inner).tcp(
        bytes: 10_000_000_000, within: 300)
      #expect(sent == received && received.hasSuffix(" 10000000000\n"))
    }

    @Test("a million numbered packets: none lost, repeated or disordered")
    func million() throws {
      let lab = try up(try Tunnel("salty"))
      let traffic = Traffic(from: lab.a, to: lab.b, address: lab.b.inner)
      let counted = try traffic.udp(packets: 1_000_000, perSecond: 40_000, length: 200)
      let counters = try [lab.a, lab.b].map { try $0.must("ip -s link") + $0.must("nstat -as") }
      #expect(counted == "0 0 0", "\(counters)")
    }

    @Test("nothing is allocated for a packet", arguments: ["raw", "nacl0", "nacltai", "salty"])
    func allocations(name: String) throws {
      let scratch = try Lab()
      let shim = try TestPrograms.library("count_allocations", in: scratch)
      var tunnel = try Tunnel(name)
      for path in [\Tunnel.a, \.b] {
        tunnel[keyPath: path].merge([
          "=LD_PRELOAD": shim, "=ALLOCATIONS": scratch.directory + (path == \Tunnel.a ? "/a" : "/b"),
        ]) { $1 }
      }
      let lab = try up(tunnel)
      func count() -> [UInt64] {
        ["/a", "/b"].map { file in
          let bytes = FileManager.default.contents(atPath: scratch.directory + file) ?? Data()
          return bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
      }
      let traffic = Traffic(from: lab.a, to: lab.b, address: lab.b.inner)
      _ = try traffic.tcp(bytes: 2_000_000)
      let before = count()
      #expect(before.allSatisfy { $0 > 100 }, "the counter counts")
      #expect(try traffic.udp(packets: 20_000, perSecond: 20_000, length: 100) == "0 0 0")
      _ = try traffic.tcp(bytes: 50_000_000)
      let after = count()
      // 56,000 packets and more; a look at the clock and the counters once a second may allocate.
      for (one, other) in zip(before, after) { #expect(other - one < 500, "\(other - one) allocations") }
    }

    @Test(
      "a persistent device goes from hand to hand: its last holder's offloads do not stay",
      arguments: [Daemon.Program.ours, .old])
    func handedOver(to next: Daemon.Program) throws {
      let (lab, tunnel) = (try Lab(), try Tunnel("nacltai"))
      try lab.a.must("\(Programs.ours) device add qt0 --mode tun")
      let first = try lab.a.start(.ours, tunnel.a)
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      first.stop()
      // The second by itself, or after a first that had no time to tidy up; the old program would need that.
      if next == .ours { try lab.a.start(.ours, tunnel.a).kill() }
      let offload = next == .ours ? ["OFFLOAD": "off"] : [:]
      _ = try lab.a.start(next, tunnel.a.merging(offload) { $1 })
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      let result = try Traffic(from: lab.a, to: lab.b, address: lab.b.inner).tcp(bytes: 4_000_000, within: 10)
      #expect(result.sent == result.received && result.sent.hasSuffix(" 4000000\n"))
    }
  }
}
