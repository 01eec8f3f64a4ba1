import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// `quicktun check` beside a tunnel that runs, or seems to.
  @Suite("Check beside a tunnel", .serialized)
  struct CheckRunning {
    private let lab: Lab
    private let tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty").with(["INTERFACE": "qt0", "MTU": "auto"])
    }

    /// Both ends, with addresses, of which b may be given other settings.
    private func start(_ program: Daemon.Program = .ours) throws -> (a: Daemon, b: Daemon) {
      let daemons = (try lab.a.start(.ours, tunnel.a), try lab.b.start(program, tunnel.b))
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      return daemons
    }

    @Test("this tunnel: all is well, and its port is its own; another program's port is not")
    func running() throws {
      let daemon = try start().a
      let document = try lab.check(tunnel.a)
      #expect(document.isGood, "\(document.findings)")
      #expect(document.has("ok", "A tunnel runs on it: process \(daemon.identifier)"))
      #expect(document.has("ok", "UDP port 2998: the tunnel that runs has it"))
      let other = tunnel.a.merging(["INTERFACE": "qt1"]) { $1 }
      #expect(try lab.check(other).has("problem", "Another process has UDP port 2998"))
    }

    @Test("another tunnel on the device: other port, other address, other program", arguments: ["ours", "old"])
    func another(program: String) throws {
      let daemon = try lab.a.start(program == "old" ? .old : .ours, tunnel.a.merging(["LOCAL_PORT": "4000"]) { $1 })
      #expect(daemon.logs("operational"))
      try lab.a.configure(mtu: 1400)
      let fact = "Process \(daemon.identifier) (quicktun) holds qt0 and has UDP port 4000, not 2998"
      let document = try lab.check(tunnel.a)
      #expect(document.status == 2 && document.has("problem", fact), "\(document.findings)")
      #expect(document.has("ok", "UDP \(lab.a.address):2998 is free"))
      #expect(try lab.check(tunnel.a.merging(["LOCAL_PORT": "4000"]) { $1 }).isGood)
      try lab.a.must("ip address add 192.0.2.11/24 dev wire")
      let elsewhere = tunnel.a.merging(["LOCAL_PORT": "4000", "LOCAL_ADDRESS": "192.0.2.11"]) { $1 }
      #expect(try lab.check(elsewhere).has("problem", "not 4000 at LOCAL_ADDRESS"))
    }

    @Test("the user whose tunnel it is sees no process, and is not told that his port is taken")
    func unprivileged() throws {
      try lab.a.must("ip tuntap add dev qt0 mode tun user nobody")
      try lab.a.must("ip link set qt0 up mtu 1400")
      try lab.a.must("ip address add \(lab.a.inner)/24 dev qt0")
      var settings = tunnel.a
      settings["MTU"] = nil
      func check() throws -> CheckDocument { try lab.check(settings, as: "nobody") }
      #expect(try check().isGood)
      let words = settings.map { "-c \($0.key) \($0.value)" }.joined(separator: " ")
      let daemon = try lab.a.start(shell: lab.openNode + "exec \(lab.becoming("nobody")) \(Programs.ours) \(words)")
      #expect(daemon.logs("operational"))
      let document = try check()
      #expect(document.isGood && document.has("ok", "it seems to run"), "\(document.findings)")
      #expect(document.has("ok", "UDP port 2998: the tunnel that runs has it"))
      // Root sees more.
      #expect(try lab.check(settings).has("ok", "A tunnel runs on it: process \(daemon.identifier)"))
      // Somebody else's program on the port proves less; none on it proves that this is another tunnel.
      settings["LOCAL_PORT"] = "4001"
      #expect(try check().has("problem", "only root sees which"))
      let server = try lab.a.running([
        "python3", "-c",
        """
        import socket, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("\(lab.a.address)", 4001))
        print("up", flush=True); time.sleep(99)
        """,
      ])
      #expect(server.says("up"))
      #expect(try check().has("warning", "it seems to run"))
      _ = server.result(within: 0)
    }

    @Test("down, without an address, with too large an MTU: nothing that passes for ok")
    func unfit() throws {
      _ = try start()
      try lab.a.must("ip link set qt0 mtu 1500")
      #expect(try lab.check(tunnel.a).has("warning", "qt0 has MTU 1500; at most 1452"))
      try lab.a.must("ip link set qt0 mtu 1400")
      try lab.a.must("ip address flush dev qt0")
      let bare = try lab.check(tunnel.a)
      #expect(bare.status == 1 && bare.has("warning", "qt0 has no address, no route"), "\(bare.findings)")
      try lab.a.must("ip route add 10.77.0.0/24 dev qt0")
      #expect(try lab.check(tunnel.a).isGood)
      try lab.a.must("ip link set qt0 down")
      let down = try lab.check(tunnel.a)
      #expect(down.status == 2 && down.has("problem", "qt0 is down"), "\(down.findings)")
    }

    @Test("a tap device in a bridge needs no address")
    func bridged() throws {
      let settings = tunnel.a.merging(["TUN_MODE": "0"]) { $1 }
      let daemon = try lab.a.start(.ours, settings)
      #expect(daemon.logs("operational"))
      try lab.a.must("ip link set qt0 addrgenmode none up")
      #expect(try lab.check(settings).has("warning", "is in no bridge"))
      try lab.a.must("ip link add br0 type bridge")
      try lab.a.must("ip link set qt0 master br0")
      #expect(try lab.check(settings).isGood)
    }

    // MARK: The peer

    @Test(
      "--peer beside it: an answering peer is ok, a dead one is not, silence tells nothing", arguments: ["ours", "old"])
    func peer(program: String) throws {
      let daemons = try start(program == "old" ? .old : .ours)
      for host in [lab.a, lab.b] { try host.quiet() }
      let idle = try lab.check(tunnel.a, "--peer")
      #expect(idle.status == 1 && idle.has("warning", "no packet passed in 3 s"), "\(idle.findings)")
      let traffic = try lab.a.running(["ping", "-n", "-q", "-i", "0.2", lab.b.inner])
      let good = try lab.check(tunnel.a, "--peer")
      #expect(good.isGood && good.has("ok", "\(lab.b.address):2998: packets come in"), "\(good.findings)")
      daemons.b.kill()
      usleep(300_000)
      let dead = try lab.check(tunnel.a, "--peer")
      #expect(dead.status == 1 && dead.has("warning", "no packet came in 3 s, while"), "\(dead.findings)")
      _ = traffic.result(within: 0)
    }

    @Test("--peer with raw: something answers, and nobody can know who")
    func raw() throws {
      var raw = try Tunnel("raw").with(["INTERFACE": "qt0"])
      for name in ["PRIVATE_KEY", "PUBLIC_KEY"] { (raw.a[name], raw.b[name]) = (nil, nil) }
      _ = try lab.b.start(.ours, raw.b)
      try lab.b.configure(mtu: 1400)
      let traffic = try lab.b.running(["ping", "-n", "-q", "-i", "0.2", lab.a.inner])
      let document = try lab.check(raw.a, "--peer")
      #expect(document.has("ok", "Something at \(lab.b.address):2998 answers"), "\(document.findings)")
      #expect(!document.has("ok", "right key"))
      _ = traffic.result(within: 0)
    }

    @Test(
      "--peer: what the peer's packets tell of TUN_MODE and USE_PI",
      arguments: [
        ("nacltai", ["TUN_MODE": "0"], "Ethernet frames arrive in tun mode"),
        ("salty", ["USE_PI": "1"], "with 4 bytes of packet information"),
        ("raw", ["TUN_MODE": "0"], "Ethernet frames arrive in tun mode"),
        ("salty", [:], ""),
      ])
    func shape(name: String, other: [String: String], complaint: String) throws {
      var pair = try Tunnel(name).with(["INTERFACE": "qt0"])
      pair.b.merge(other) { $1 }
      _ = try lab.b.start(.ours, pair.b)
      try lab.b.configure(mtu: 1400)
      // On a tap device a ping asks for the neighbour first, which is a frame too.
      let traffic = try lab.b.running(["ping", "-n", "-q", "-i", "0.2", lab.a.inner])
      let document = try lab.check(pair.a, "--peer")
      if complaint.isEmpty {
        #expect(document.has("ok", "with the right key, and its packets are such as this side takes"))
      } else {
        #expect(document.status == 2 && document.has("problem", complaint), "\(document.findings)")
      }
      _ = traffic.result(within: 0)
    }

    // MARK: The start

    @Test(
      "a start warns of an address that no peer has",
      arguments: [
        ("192.0.2.255", "a broadcast address"), ("224.0.0.5", "a multicast address"),
        ("192.0.2.1", "this side's own address and port"), ("fe80::1", "a link-local address without its interface"),
      ])
    func start(address: String, text: String) throws {
      var settings = tunnel.a.merging(["REMOTE_ADDRESS": address]) { $1 }
      if address.hasPrefix("fe80") { settings["LOCAL_ADDRESS"] = nil }
      let daemon = try lab.a.start(.ours, settings)
      #expect(daemon.logs("operational") && daemon.log.contains("REMOTE_ADDRESS=\(address): \(text)"), "\(daemon.log)")
    }
  }
}
