import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// What the network and the devices do to a running tunnel.
  @Suite("Weather", .serialized)
  struct Weather {
    private func up(_ tunnel: Tunnel, mtu: Int? = 1400) throws -> Lab { try Lab.up(tunnel, mtu: mtu) }

    @Test("the peer is not there yet, and there again later", arguments: ["nacltai", "salty"])
    func notListening(name: String) throws {
      let tunnel = try Tunnel(name)
      let lab = try Lab()
      let a = try lab.a.start(.ours, tunnel.a)
      try lab.a.configure(mtu: 1400)
      _ = try lab.a.pings(lab.b.inner, count: 3)
      #expect(a.logs("not listening yet"))
      #expect(a.log.components(separatedBy: "not listening").count == 2, "said once")
      _ = try lab.b.start(.ours, tunnel.b)
      try lab.b.configure(mtu: 1400)
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
    }

    @Test("the way to the peer is lost and found: no route, link down, forbidden")
    func noRoute() throws {
      let lab = try up(try Tunnel("nacltai"))
      try lab.a.must("ip address del \(lab.a.address)/24 dev wire")
      #expect(try !lab.a.pings(lab.b.inner))
      try lab.a.must("ip address add \(lab.a.address)/24 dev wire")
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      try lab.a.must("ip link set wire down")
      #expect(try !lab.a.pings(lab.b.inner))
      try lab.a.must("ip link set wire up")
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      try lab.a.must("ip route add prohibit \(lab.b.address)/32")
      #expect(try !lab.a.pings(lab.b.inner))
      try lab.a.must("ip route del prohibit \(lab.b.address)/32")
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      #expect(lab.a.daemons[0].isRunning && lab.a.daemons[0].log.contains("Network is unreachable"))
    }

    @Test("this host gets another address: datagrams leave from that, soon", arguments: [4, 6])
    func renumbered(version: Int) throws {
      var tunnel = try Tunnel("salty", over: version)
      tunnel.a["LOCAL_ADDRESS"] = nil
      tunnel.b["REMOTE_FLOAT"] = "1"
      let lab = try up(tunnel)
      let (old, new) = version == 4 ? ("192.0.2.1/24", "192.0.2.77/24") : ("2001:db8::1/64", "2001:db8::77/64 nodad")
      let address = String(new.prefix { $0 != "/" })
      // One that is preferred while the first is still there.
      try lab.a.must("ip address add \(new) dev wire")
      try lab.a.must("ip route replace \(version == 4 ? "192.0.2.0/24" : "2001:db8::/64") dev wire src \(address)")
      #expect(try eventually { try lab.a.pings(lab.b.inner) && lab.b.daemons[0].log.contains("moved to") })
      #expect(lab.b.daemons[0].log.contains(version == 4 ? "moved to \(address):2998" : "moved to [\(address)]:2998"))
      // And back, since that one is gone.
      try lab.a.must("ip address del \(new.split(separator: " ")[0]) dev wire")
      try lab.a.must("ip address replace \(old) dev wire\(version == 4 ? "" : " nodad")")
      try lab.a.must("ip route replace \(version == 4 ? "192.0.2.0/24" : "2001:db8::/64") dev wire")
      #expect(try eventually { try lab.a.pings(lab.b.inner) }, "\(lab.a.daemons[0].log)")
    }

    @Test("the peer's port is closed, and open again", arguments: [4, 6])
    func portClosed(version: Int) throws {
      let tunnel = try Tunnel("nacltai", over: version)
      let lab = try up(tunnel)
      lab.b.daemons[0].stop()
      #expect(try !lab.a.pings(lab.b.inner, count: 3))
      #expect(lab.a.daemons[0].logs("not listening yet"))
      _ = try lab.b.start(.ours, tunnel.b)
      try lab.b.configure(mtu: 1400)
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
    }

    @Test("there is no way to the peer at the start, and one later")
    func noRouteAtFirst() throws {
      let (lab, tunnel) = (try Lab(), try Tunnel("salty"))
      try lab.a.must("ip address add 192.0.2.1/32 dev lo")
      try lab.a.must("ip address del 192.0.2.1/24 dev wire")
      let a = try lab.a.start(.ours, tunnel.a)
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try !lab.a.pings(lab.b.inner))
      try lab.a.must("ip route add 192.0.2.0/24 dev wire")
      #expect(try eventually { try lab.a.pings(lab.b.inner) }, "\(a.log)")
    }

    @Test("the interface is set down, and up again", arguments: ["tun", "tap"])
    func interfaceDown(mode: String) throws {
      let lab = try up(try Tunnel("nacltai", mode: mode))
      try lab.b.must("ip link set qt0 down")
      #expect(try !lab.a.pings(lab.b.inner, count: 3))
      #expect(lab.b.daemons[0].logs("ip link set qt0 up"))
      try lab.b.must("ip link set qt0 up")
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
    }

    @Test("somebody deletes the device: the program ends, and says why", arguments: ["tun", "tap"])
    func deviceDeleted(mode: String) throws {
      let lab = try up(try Tunnel("salty", mode: mode))
      try lab.a.must("ip link del qt0")
      let status = lab.a.daemons[0].ends(within: 10)
      #expect(status != nil && status != 0)
      #expect(lab.a.daemons[0].log.contains("qt0"))
    }

    @Test("a packet as long as packets get, in both directions", arguments: ["raw", "nacl0", "nacltai", "salty"])
    func largest(name: String) throws {
      // The outer datagram of 65,507 bytes goes in fragments, as ever.
      let overhead = ["raw": 0, "nacl0": 16, "nacltai": 32, "salty": 20][name] ?? 0
      let lab = try up(try Tunnel(name), mtu: 65_507 - overhead)
      let size = 65_507 - overhead - 28
      #expect(try lab.a.reaches(lab.b.inner, count: 3, size: size) && lab.b.reaches(lab.a.inner, count: 3, size: size))
      // What is longer cannot be sent: it is lost, and said, and what fits still passes.
      for host in [lab.a, lab.b] { try host.must("ip link set qt0 mtu 65535") }
      #expect(try !lab.a.pings(lab.b.inner, size: 65_500 - (name == "raw" ? -7 : 0)))
      #expect(try lab.a.reaches(lab.b.inner, count: 3))
      #expect(lab.a.daemons[0].stop() == 0)
      #expect(lab.a.daemons[0].log.contains("too long") || lab.a.daemons[0].log.contains("Message too long"))
    }

    @Test("MTU 9000 with an old peer: what is small passes before and after", arguments: ["nacl0", "nacltai", "salty"])
    func largeMTUWithOldPeer(name: String) throws {
      let lab = try Lab()
      let tunnel = try Tunnel(name)
      _ = try lab.a.start(.ours, tunnel.a)
      _ = try lab.b.start(.old, tunnel.b)
      try lab.a.configure(mtu: 9000)
      try lab.b.configure(mtu: 1400)
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      _ = try lab.a.pings(lab.b.inner, count: 5, size: 8000)
      #expect(try lab.a.reaches(lab.b.inner, count: 5))
      #expect(try lab.b.reaches(lab.a.inner, count: 5))
    }

    @Test("MTU=auto is the largest that crosses the path in one piece")
    func automaticMTU() throws {
      let table = [
        ("raw", 4, "tun", "0", 1472), ("nacl0", 4, "tun", "0", 1456), ("salty", 4, "tun", "0", 1452),
        ("nacltai", 4, "tun", "0", 1440), ("salty", 6, "tun", "0", 1432), ("nacltai", 4, "tap", "0", 1426),
        ("nacltai", 4, "tun", "1", 1436), ("raw", 6, "tap", "0", 1438),
      ]
      for (name, version, mode, packetInformation, mtu) in table {
        let lab = try up(
          try Tunnel(name, mode: mode, over: version).with(["MTU": "auto", "USE_PI": packetInformation]), mtu: nil)
        #expect(
          try lab.a.must("cat /sys/class/net/qt0/mtu") == "\(mtu)\n", "\(name) \(version) \(mode) \(packetInformation)")
        let fragments = try lab.a.must("cat /proc/net/snmp /proc/net/snmp6")
        #expect(try lab.a.reaches(lab.b.inner, count: 2, size: mtu - 28))
        #expect(Self.created(try lab.a.must("cat /proc/net/snmp /proc/net/snmp6")) == Self.created(fragments))
      }
    }

    /// How many fragments a host has made, from /proc/net/snmp and snmp6.
    private static func created(_ text: String) -> [String] {
      let ip = text.split(separator: "\n").filter { $0.hasPrefix("Ip:") }.map {
        $0.split(separator: " ").map(String.init)
      }
      let version6 = text.split(separator: "\n").filter { $0.hasPrefix("Ip6FragCreates") }.map(String.init)
      guard ip.count == 2, let column = ip[0].firstIndex(of: "FragCreates") else { return ["?"] }
      return [ip[1][column]] + version6
    }

    @Test("names instead of addresses", arguments: [4, 6])
    func names(version: Int) throws {
      let lab = try Lab()
      var tunnel = try Tunnel("salty", over: version)
      for host in [lab.a, lab.b] {
        let directory = "/etc/netns/\(host.namespace)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let lines = [lab.a, lab.b].map { "\(version == 4 ? $0.address : $0.address6) host\($0.number).example\n" }
        try lines.joined().write(toFile: directory + "/hosts", atomically: true, encoding: .utf8)
      }
      defer {
        for host in [lab.a, lab.b] { try? FileManager.default.removeItem(atPath: "/etc/netns/\(host.namespace)") }
      }
      (tunnel.a["LOCAL_ADDRESS"], tunnel.a["REMOTE_ADDRESS"]) = ("host1.example", "host2.example")
      (tunnel.b["LOCAL_ADDRESS"], tunnel.b["REMOTE_ADDRESS"]) = (nil, "host1.example")
      _ = try lab.a.start(.ours, tunnel.a)
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) && lab.b.pings(lab.a.inner) })
    }

    @Test("two tunnels of the same interface name in two namespaces, and nothing but PATH and a read-only /run")
    func bareSurroundings() throws {
      // Both daemons of every lab are called qt0; here their /run is empty and cannot be written to besides.
      let lab = try Lab()
      let tunnel = try Tunnel("salty")
      for (host, settings) in [(lab.a, tunnel.a), (lab.b, tunnel.b)] {
        let words =
          settings.filter { !$0.value.isEmpty }.flatMap { ["-c", $0.key, $0.value] } + ["-c", "INTERFACE", "qt0"]
        let mount = "mount -t tmpfs -o ro,mode=755 none /run && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "
        _ = try host.start(shell: mount + ([Programs.ours] + words).joined(separator: " "))
      }
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) && lab.b.pings(lab.a.inner) })
      lab.a.daemons[0].stop()
      #expect(lab.b.daemons[0].isRunning)
    }
  }
}
