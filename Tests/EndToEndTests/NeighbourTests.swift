import Testing
import TunnelLab

extension EndToEnd {
  /// Whoever may send on the network that a tunnel's device belongs to: a guest of a bridge, a container.
  @Suite("Neighbours", .serialized)
  struct Neighbours {
    /// A super-packet describes itself three times: EtherType, IP header, virtio header. A guest of a bridge writes all
    /// three (packet(7), PACKET_VNET_HDR), and neither bridge nor kernel compares them on the way to the device.
    ///
    ///     guest ── veth ── bridge ── qt0 (tap) ══ b        or, in tun mode, somebody at a's own qt0
    @Test("super-packets that contradict themselves end nobody's daemon", arguments: ["tap", "tun"])
    func contradictions(mode: String) throws {
      let lab = try Lab()
      let tunnel = try Tunnel("nacltai", mode: mode)
      let a = try lab.a.start(.ours, tunnel.a)
      let b = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      let guest = mode == "tap" ? try bridgedGuest(lab) : lab.a
      #expect(try eventually { try guest.pings(lab.b.inner) }, "\(a.log)")
      let interface = mode == "tap" ? "guest" : "qt0"
      let taken = try guest.must(
        "python3 \(TestPrograms.path("neighbour.py")) \(interface) \(mode == "tap" ? "frames" : "packets") 3000")
      #expect(Int(taken.dropLast()) ?? 0 > 1000, "the kernel took \(taken)")
      #expect(a.isRunning && b.isRunning, "\(a.log)\(b.log)")
      #expect(try eventually { try guest.pings(lab.b.inner) && lab.b.pings(mode == "tap" ? guest.inner : lab.a.inner) })
      #expect(a.stop() == 0 && b.stop() == 0)
      #expect(a.log.contains(" malformed"), "dropped, and counted: \(a.log)")
    }

    /// A host behind a's bridge, with the address that its number gives. The bridge is a plain one: with br_netfilter,
    /// which some hosts load, it would look at IP headers.
    private func bridgedGuest(_ lab: Lab) throws -> Lab.Host {
      let guest = try lab.addHost()
      for family in ["ip", "ip6"] { _ = try lab.a.run("sysctl -qw net.bridge.bridge-nf-call-\(family)tables=0") }
      try must("ip link add guest netns \(guest.namespace) type veth peer name port netns \(lab.a.namespace)")
      try lab.a.must("ip link add br0 type bridge")
      for port in ["qt0", "port"] { try lab.a.must("ip link set \(port) master br0") }
      for device in ["port", "br0"] { try lab.a.must("ip link set \(device) up") }
      try guest.must("ip link set guest up mtu 1400")
      try guest.must("ip address add \(guest.inner)/24 dev guest")
      return guest
    }
  }
}
