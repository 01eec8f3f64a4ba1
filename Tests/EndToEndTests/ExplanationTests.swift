import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// What goes wrong for people, brought about for real: it is said, once, and not where it is not so.
  @Suite("Explanations", .serialized)
  struct Explanations {
    private let lab: Lab
    private var tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("nacltai").with(["TIME_WINDOW": "60"])
    }

    private func expectRefusal(_ daemon: Daemon, _ texts: String..., sourceLocation: SourceLocation = #_sourceLocation)
    {
      let status = daemon.ends(within: 10)
      #expect(status != nil && status != 0, "\(daemon.log)", sourceLocation: sourceLocation)
      for text in texts { #expect(daemon.log.contains(text), "\(daemon.log)", sourceLocation: sourceLocation) }
    }

    /// Both daemons, with traffic from b to a all the while. Checks what a says, and that it says it once.
    private func expectExplanation(
      _ tunnel: Tunnel, _ texts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let a = try lab.a.start(.ours, tunnel.a)
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      let traffic = try lab.b.running(["ping", "-n", "-q", "-i", "0.2", lab.a.inner])
      #expect(a.logs(texts[0]), "\(a.log)", sourceLocation: sourceLocation)
      usleep(2_500_000)
      for text in texts { #expect(a.logs(text), "\(a.log)", sourceLocation: sourceLocation) }
      #expect(a.log.components(separatedBy: texts[0]).count == 2, "\(a.log)", sourceLocation: sourceLocation)
      _ = traffic.result(within: 0)
    }

    // MARK: The device

    @Test(
      "a tap device where a tun device is asked for, and the reverse",
      arguments: [("tap", "tun", "1"), ("tun", "tap", "0")])
    func otherMode(actual: String, asked: String, mode: String) throws {
      try lab.a.must("ip tuntap add dev qt0 mode \(actual)")
      let daemon = try lab.a.start(.ours, tunnel.a.merging(["TUN_MODE": mode]) { $1 })
      expectRefusal(
        daemon, "TUNSETIFF qt0: Invalid argument", "qt0 exists as \(actual); you asked for \(asked)",
        "quicktun device del qt0")
    }

    @Test("a name that is a real interface's")
    func realInterface() throws {
      let daemon = try lab.a.start(.ours, tunnel.a.merging(["INTERFACE": "wire"]) { $1 })
      expectRefusal(daemon, "TUNSETIFF wire: Invalid argument", "neither a tun nor a tap device")
    }

    @Test("another process holds the device: which")
    func busy() throws {
      let first = try lab.a.start(.ours, tunnel.a)
      #expect(first.logs("operational"))
      let second = try lab.a.start(.ours, tunnel.a.merging(["LOCAL_PORT": "0"]) { $1 })
      expectRefusal(second, "Device or resource busy", "Process \(first.identifier) (quicktun) holds qt0")
    }

    @Test("another user's device: whose, and the command")
    func otherOwner() throws {
      try lab.a.must("ip tuntap add dev qt0 mode tun user daemon")
      let node = lab.directory + "/tun"
      let words = tunnel.a.flatMap { ["-c", $0.key, $0.value] } + ["-c", "INTERFACE", "qt0"]
      let daemon = try lab.a.start(
        shell: "mknod -m 666 \(node) c 10 200 && mount --bind \(node) /dev/net/tun && "
          + "exec setpriv --reuid nobody --regid nogroup --clear-groups \(Programs.ours) "
          + words.joined(separator: " "))
      expectRefusal(
        daemon, "Operation not permitted", "qt0 belongs to daemon; you are nobody",
        "quicktun device add qt0 --mode tun --user nobody")
    }

    @Test(
      "no device node, and one that is closed",
      arguments: [("", "mknod"), ("mknod -m 600 /dev/net/tun c 10 200 &&", "chmod 666")])
    func node(make: String, cure: String) throws {
      let words = tunnel.a.flatMap { ["-c", $0.key, $0.value] } + ["-c", "INTERFACE", "qt0"]
      let daemon = try lab.a.start(
        shell: "mount -t tmpfs -o mode=755,dev none /dev/net && \(make) exec setpriv --reuid nobody --regid nogroup "
          + "--clear-groups \(Programs.ours) " + words.joined(separator: " "))
      expectRefusal(daemon, "open /dev/net/tun", cure)
    }

    @Test("down: said once; up again: said; down again: said again")
    func down() throws {
      let a = try lab.a.start(.ours, tunnel.a)
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.b.pings(lab.a.inner) })
      for count in 1...2 {
        try lab.a.must("ip link set qt0 down")
        _ = try lab.b.pings(lab.a.inner, count: 5)
        #expect(eventually { a.log.components(separatedBy: "qt0 is down").count == count + 1 }, "\(a.log)")
        try lab.a.must("ip link set qt0 up")
        #expect(eventually { a.log.components(separatedBy: "qt0 is up again").count == count + 1 }, "\(a.log)")
      }
    }

    @Test("deleted while it runs")
    func deleted() throws {
      let a = try lab.a.start(.ours, tunnel.a)
      #expect(a.logs("operational"))
      try lab.a.must("ip link del qt0")
      expectRefusal(a, "File descriptor in bad state", "qt0 was deleted")
    }

    // MARK: The other side is set up otherwise

    @Test("another protocol", arguments: ["nacl0", "salty", "raw"])
    func otherProtocol(name: String) throws {
      var tunnel = tunnel
      tunnel.b["PROTOCOL"] = name
      try expectExplanation(
        tunnel, name == "raw" ? "Unencrypted packets come from" : "decrypt as \(name)", "PROTOCOL=\(name)")
    }

    @Test("another mode", arguments: ["0", "1"])
    func peersMode(mode: String) throws {
      var tunnel = tunnel
      tunnel.a["TUN_MODE"] = mode
      tunnel.b["TUN_MODE"] = mode == "1" ? "0" : "1"
      try expectExplanation(
        tunnel, mode == "1" ? "Ethernet frames arrive in tun mode" : "IP packets arrive in tap mode")
    }

    @Test("another USE_PI", arguments: ["0", "1"])
    func packetInformation(own: String) throws {
      var tunnel = tunnel
      tunnel.a["USE_PI"] = own
      tunnel.b["USE_PI"] = own == "1" ? "0" : "1"
      try expectExplanation(
        tunnel, own == "1" ? "arrive without packet information" : "with 4 bytes of packet information")
    }

    @Test("the same ROLE on both sides")
    func role() throws { try expectExplanation(tunnel.with(["ROLE": "1"]), "decrypt under our own role", "ROLE=0") }

    @Test("another key", arguments: ["nacl0", "nacltai", "salty"])
    func key(name: String) throws {
      var tunnel = tunnel.with(["PROTOCOL": name])
      tunnel.b["PRIVATE_KEY"] = try Pair().secret
      try expectExplanation(tunnel, "fail under the peer's key", "PUBLIC_KEY=")
    }

    @Test("a clock that is three hours behind")
    func clock() throws {
      var tunnel = tunnel
      tunnel.b["=LD_PRELOAD"] = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
      tunnel.b["=FAKETIME"] = "-3h"
      try expectExplanation(tunnel, "stamps are 3 h behind", "timedatectl")
    }

    @Test("another port than the one that is fixed here")
    func elsewhere() throws {
      var tunnel = tunnel
      tunnel.b["LOCAL_PORT"] = "4000"
      try expectExplanation(tunnel, "come from 192.0.2.2:4000", "REMOTE_FLOAT=1")
    }

    // MARK: The network

    @Test("the route to the peer leads into the tunnel")
    func loop() throws {
      let a = try lab.a.start(.ours, tunnel.a)
      try lab.a.configure(mtu: 1400)
      try lab.a.must("ip route add \(lab.b.address)/32 dev qt0")
      #expect(a.logs("leads into the tunnel (qt0)", within: 20), "\(a.log)")
    }

    @Test("the path carries less than the device's packets: one ICMP message tells how much")
    func pathMTU() throws {
      let third = try lab.addHost()
      try must(
        "ip link add side mtu 1300 netns \(lab.b.namespace) type veth peer name side mtu 1300 netns \(third.namespace)")
      try lab.b.must("ip address add 10.8.0.2/24 dev side")
      try third.must("ip address add 10.8.0.3/24 dev side")
      for host in [lab.b, third] { try host.must("ip link set side up") }
      try lab.b.must("sysctl -qw net.ipv4.ip_forward=1")
      try lab.a.must("ip route add 10.8.0.0/24 via \(lab.b.address)")
      try third.must("ip route add default via 10.8.0.2")
      var tunnel = try Tunnel("salty")
      tunnel.a["REMOTE_ADDRESS"] = "10.8.0.3"
      tunnel.b["LOCAL_ADDRESS"] = nil
      tunnel.b["REMOTE_ADDRESS"] = lab.a.address
      let a = try lab.a.start(.ours, tunnel.a)
      _ = try third.start(.ours, tunnel.b)
      try lab.a.configure(mtu: 1450)
      try third.configure(mtu: 1450)
      #expect(try eventually { try lab.a.pings(third.inner) })
      #expect(!a.log.contains("path carries"))
      _ = try lab.a.pings(third.inner, count: 4, size: 1400)
      #expect(a.logs("A message says that the path carries 1300 bytes"), "\(a.log)")
      #expect(a.log.contains("ping -M probe -s 1273 10.8.0.3") && a.log.contains("MTU=1252 on both sides"), "\(a.log)")
      #expect(try lab.a.reaches(third.inner, count: 2, size: 1400), "in fragments, but they arrive")
    }

    @Test("nobody answers at all")
    func silence() throws {
      // A neighbour that takes everything and never says a word, as a firewall.
      try lab.a.must("ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev wire nud permanent")
      let a = try lab.a.start(.ours, tunnel.a.merging(["REMOTE_ADDRESS": "192.0.2.9"]) { $1 })
      try lab.a.configure(mtu: 1400)
      for _ in 0..<20 where !a.log.contains("Nothing has come") { _ = try lab.a.pings(lab.b.inner) }
      #expect(a.log.contains("Nothing has come from 192.0.2.9:2998"), "\(a.log)")
    }

    @Test("nothing is said where nothing is wrong", arguments: ["nacl0", "nacltai", "salty"])
    func quiet(name: String) throws {
      for mode in ["0", "1"] {
        let lab = try Lab()
        let tunnel = tunnel.with(["PROTOCOL": name, "TUN_MODE": mode])
        for (host, settings) in [(lab.a, tunnel.a), (lab.b, tunnel.b)] {
          var settings = settings
          if name != "nacltai" { settings["TIME_WINDOW"] = nil }
          _ = try host.start(.ours, settings)
        }
        for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
        #expect(try eventually { try lab.a.pings(lab.b.inner) })
        #expect(try lab.a.reaches(lab.b.inner, count: 15))
        for daemon in lab.a.daemons + lab.b.daemons {
          let lines = daemon.log.split(separator: "\n").filter {
            !$0.contains("operational") && !$0.contains("nacl0") && !$0.contains("Keep it only")
              && !$0.contains("Connection refused") && !$0.contains("not listening yet")
          }
          #expect(lines == [], "\(name)")
        }
      }
    }
  }

  @Suite("Devices", .serialized)
  struct Devices {
    private let lab: Lab
    init() throws { lab = try Lab() }

    private func device(_ words: String) throws -> Finished { try lab.a.run("\(Programs.ours) device \(words)") }

    @Test("added, listed, attached to by a daemon, refused a second time if other, deleted")
    func life() throws {
      #expect(try device("add qt0 --mode tun --user nobody").isSuccess)
      #expect(try device("add qt0 --mode tun --user nobody").isSuccess, "the same again is no error")
      let other = try device("add qt0 --mode tap --user nobody")
      #expect(other.status == 1 && other.errors.contains("it is a tun device; tap is asked for"))
      let owner = try device("add qt0 --mode tun --user daemon")
      #expect(owner.status == 1 && owner.errors.contains("its owner is nobody; daemon is asked for"))
      var rows = try device("list").output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      #expect(rows.count == 2 && rows[1].starts(with: ["qt0", "tun", "nobody", "-", "-"]))
      let daemon = try lab.a.start(.ours, try Tunnel("salty").a)
      #expect(daemon.logs("operational"))
      rows = try device("list").output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      #expect(rows[1].contains("\(daemon.identifier)") && rows[1].contains("(quicktun)"))
      let held = try device("del qt0")
      #expect(held.status == 1 && held.errors.contains("Process \(daemon.identifier) (quicktun) holds qt0"))
      daemon.stop()
      #expect(try device("del qt0").isSuccess)
      #expect(try !lab.a.run("ip link show qt0").isSuccess)
      #expect(try device("del qt0").errors.contains("no such device"))
    }

    @Test("never without an owner: the caller, also through sudo")
    func caller() throws {
      #expect(try device("add qt0").isSuccess)
      #expect(try lab.a.must("cat /sys/class/net/qt0/owner") == "0\n")
      let uid = try must("id -u nobody").trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(try lab.a.run("env SUDO_UID=\(uid) \(Programs.ours) device add qt1").isSuccess)
      #expect(try lab.a.must("cat /sys/class/net/qt1/owner") == uid + "\n")
    }

    @Test("what is no tunnel's device stays, what is no name is refused")
    func refusals() throws {
      let wire = try device("del wire")
      #expect(wire.status == 1 && wire.errors.contains("neither a tun nor a tap device"))
      #expect(try lab.a.run("ip link show wire").isSuccess)
      for words in [
        "", "add", "add a-name-of-16-cha", "add qt0 --mode tan", "add qt0 --user no-such-user", "del", "grow",
      ] {
        let result = try device(words)
        #expect(result.status == 1 && result.errors.hasPrefix("error: "), "\(words): \(result.errors)")
      }
    }
  }
}
