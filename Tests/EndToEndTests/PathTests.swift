import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// A path that becomes narrow, and wide again.
  ///
  ///     a ──wire── b (router) ──side── c        10.8.0.0/24 or fd08::/64 on side
  ///     qt0 ═══════════════════════════ qt0
  @Suite("Path", .serialized)
  struct Path {
    private let lab: Lab
    private let c: Lab.Host

    init() throws {
      lab = try Lab()
      c = try lab.addHost()
      try must("ip link add side netns \(lab.b.namespace) type veth peer name side netns \(c.namespace)")
      for host in [lab.b, c] {
        try host.must("ip address add 10.8.0.\(host.number)/24 dev side")
        try host.must("ip address add fd08::\(host.number)/64 dev side nodad")
        try host.must("ip link set side up")
      }
      try lab.b.must("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")
      for (host, gateway) in [(lab.a, (lab.b.address, lab.b.address6)), (c, ("10.8.0.2", "fd08::2"))] {
        try host.must("ip route add default via \(gateway.0)")
        try host.must("ip -6 route add default via \(gateway.1)")
      }
    }

    private func setWidth(_ bytes: Int) throws {
      for host in [lab.b, c] { try host.must("ip link set side mtu \(bytes)") }
    }

    /// Whether the next long datagrams from a leave whole: IPv4 with "don't fragment", IPv6 without a fragment header.
    private func leavesWhole(_ version: Int) throws -> Bool {
      let filter = version == 4 ? ["udp", "and", "greater", "1400"] : ["ip6", "and", "greater", "1200"]
      let sniffer = try lab.b.sniffing(["-v", "-Q", "in", "-c", "3", "-i", "wire"] + filter)
      _ = try lab.a.pings(c.inner, count: 5, size: 1400)
      let output = sniffer.result(within: 3)
      return version == 4 ? output.contains("[DF]") : !output.isEmpty && !output.contains("frag")
    }

    /// a's clock runs 20 times as fast, so its two minutes are six seconds.
    @Test(
      "becomes narrow: what is long gets through in pieces; wide again: whole, within three minutes", arguments: [4, 6])
    func dip(version: Int) throws {
      var tunnel = try Tunnel("salty", over: version).with(["MTU": "auto"])
      tunnel.a["REMOTE_ADDRESS"] = version == 4 ? "10.8.0.3" : "fd08::3"
      tunnel.b["LOCAL_ADDRESS"] = version == 4 ? "10.8.0.3" : "fd08::3"
      tunnel.b["REMOTE_ADDRESS"] = version == 4 ? lab.a.address : lab.a.address6
      tunnel.a["=LD_PRELOAD"] = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
      tunnel.a["=FAKETIME"] = "+0 x20"
      let a = try lab.a.start(.ours, tunnel.a)
      _ = try c.start(.ours, tunnel.b)
      for host in [lab.a, c] { try host.configure() }
      #expect(try eventually { try lab.a.pings(c.inner) }, "\(a.log)")
      #expect(try leavesWhole(version))
      try setWidth(1300)
      _ = try lab.a.pings(c.inner, size: 1400)
      #expect(a.logs("says that the path carries 1300 bytes"), "\(a.log)")
      // At once: after the two minutes one is tried whole.
      #expect(try !leavesWhole(version))
      #expect(try lab.a.reaches(c.inner, count: 5, size: 1400))
      try setWidth(1500)
      // From the last time that a router objected; the kernel goes on believing it for ten true minutes.
      let isWhole = try eventually(within: 18) { try leavesWhole(version) }
      #expect(isWhole)
      #expect(try lab.a.reaches(c.inner, count: 5, size: 1400))
    }
  }
}
