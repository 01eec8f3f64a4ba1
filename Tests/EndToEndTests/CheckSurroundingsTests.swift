import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// What `quicktun check` says of device nodes, of /dev/log and /etc/quicktun: mounted anew where it looks.
  @Suite("Check and its surroundings", .serialized)
  struct CheckSurroundings {
    private let lab: Lab
    private let tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty").with(["INTERFACE": "qt0"])
    }

    @Test("LOG_TO=syslog with nobody at /dev/log, and with somebody")
    func systemLog() throws {
      let file = try lab.file(
        "log.conf", tunnel.a.merging(["LOG_TO": "syslog"]) { $1 }.map { "\($0.key)=\($0.value)\n" }.joined())
      try must("chmod 600 \(file)")
      func check(_ listener: String) throws -> CheckDocument {
        let nodes = "mkdir /dev/net && mknod -m 666 /dev/net/tun c 10 200 && mknod -m 666 /dev/null c 1 3"
        let script = "mount -t tmpfs none /dev && \(nodes) && \(listener) exec \(Programs.ours) check --json"
        return try CheckDocument(lab.a.run(words: ["sh", "-c", script + " --config \(file)"]))
      }
      let nobody = try check("")
      #expect(nobody.status == 1 && nobody.has("warning", "nobody listens at /dev/log"), "\(nobody.findings)")
      let bind =
        "import socket,time;s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM);s.bind('/dev/log');time.sleep(99)"
      let wait = "until [ -S /dev/log ]; do sleep 0.1; done"
      let somebody = try check("{ python3 -c \"\(bind)\" >/dev/null & \(wait); };")
      #expect(somebody.isGood, "\(somebody.findings)")
    }

    @Test(
      "the device node: missing, closed, a plain file, a directory, on a file system without devices",
      arguments: [
        ("", "The device node is missing"), ("mknod -m 600 /dev/net/tun c 10 200 &&", "not open to nobody"),
        ("touch /dev/net/tun && chmod 666 /dev/net/tun &&", "a plain file"), ("mkdir /dev/net/tun &&", "a directory"),
        ("mknod -m 666 /dev/net/tun c 10 200 && mount -o remount,nodev /dev/net &&", "nodev"),
      ])
    func node(make: String, fact: String) throws {
      let file = try lab.file("check.conf", tunnel.a.map { "\($0.key)=\($0.value)\n" }.joined())
      try must("chown nobody \(file)")
      let script = "mount -t tmpfs -o mode=755,dev none /dev/net && \(make) exec setpriv --reuid nobody --clear-groups "
      let program = "\(Programs.ours) check --json --config \(file)"
      let document = try CheckDocument(lab.a.run(words: ["sh", "-c", script + program]))
      #expect(document.findings.contains { $0.topic == "node" && $0.severity == "problem" }, "\(document.findings)")
      #expect(document.has("problem", fact), "\(document.findings)")
      #expect(!make.isEmpty || document.has("problem", "mkdir -p /dev/net && mknod"))
      // A start says the same.
      let daemon = try lab.a.start(
        shell: script + "\(Programs.ours) --config \(file)")
      #expect(daemon.ends(within: 10) == 1 && daemon.log.contains(fact), "\(daemon.log)")
    }

    @Test("a file of the unit's: device and key are those that the unit gives")
    func unit() throws {
      var settings = tunnel.a
      settings["INTERFACE"] = nil
      let secret = settings.removeValue(forKey: "PRIVATE_KEY")!
      let conf = try lab.file("qt7.conf", settings.map { "\($0.key)=\($0.value)\n" }.joined())
      func check(_ options: String = "", key: String, also: String = "") throws -> CheckDocument {
        let script = """
          mount -t tmpfs none /etc && mkdir /etc/quicktun
          umask 077; cp \(conf) /etc/quicktun/qt7.conf; echo "\(also)" >> /etc/quicktun/qt7.conf; \(key)
          exec \(Programs.ours) check --json --config /etc/quicktun/qt7.conf \(options)
          """
        return try CheckDocument(lab.a.run(words: ["sh", "-c", script]))
      }
      let key = "echo \(secret) > /etc/quicktun/qt7.key"
      let good = try check(key: key)
      #expect(good.isGood && good.has("ok", "INTERFACE=qt7, key in /etc/quicktun/qt7.key"), "\(good.findings)")
      #expect(good.has("ok", "qt7 (tun) will be made"))
      #expect(try check(key: "true").has("problem", "needs PRIVATE_KEY"))
      #expect(try check(key: key + "; chmod 644 /etc/quicktun/qt7.key").has("warning", "qt7.key: every user can read"))
      let other = try check(key: key, also: "INTERFACE=qt1")
      #expect(other.has("warning", "not for quicktun@qt7.service") && other.has("ok", "qt7 (tun) will be made"))
      #expect(try check(key: key, also: "SETUID=nobody").has("warning", "fails in quicktun@qt7.service"))
      // Whoever names a device means no unit.
      let byHand = try check("--interface qt2", key: key)
      #expect(byHand.has("problem", "needs PRIVATE_KEY") && !byHand.has("ok", "quicktun@"))
    }

    @Test("why dad-attempts 0: an address on a tap device without a program stays tentative, and not on a tun device")
    func tentative() throws {
      for mode in ["tap", "tun"] {
        try lab.a.must("ip tuntap add dev \(mode)9 mode \(mode) user nobody")
        try lab.a.must("ip link set \(mode)9 up")
      }
      try lab.a.must("ip address add fd01::1/64 dev tap9")
      try lab.a.must("ip address add fd02::1/64 dev tap9 nodad")
      try lab.a.must("ip address add fd03::1/64 dev tun9")
      sleep(3)
      let tentative = try lab.a.must("ip -o -6 address list tentative")
      #expect(tentative.contains("fd01::1") && !tentative.contains("fd02::1") && !tentative.contains("fd03::1"))
    }
  }
}
