import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// What a running tunnel could still do if somebody took it over. With systemd itself: Tests/Debian/systemd.
  @Suite("Capabilities", .serialized)
  struct Capabilities {
    /// The ways in which a daemon is started.
    enum Start: String, CaseIterable, Sendable { case byRoot, withUser, withUserAndRoot, asUnit }

    private let lab: Lab
    private let tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty")
    }

    /// Lines of /proc/PID/status.
    private func status(_ daemon: Daemon, _ names: [String]) throws -> [String] {
      let text = try String(contentsOfFile: "/proc/\(daemon.identifier)/status", encoding: .utf8)
      return text.split(separator: "\n").filter { line in names.contains { line.hasPrefix($0 + ":") } }.map(String.init)
    }

    private func start(_ start: Start, _ more: [String: String]) throws -> Daemon {
      var settings = tunnel.a.merging(more) { $1 }.merging(["INTERFACE": "qt0"]) { $1 }
      if start == .withUser || start == .withUserAndRoot { settings["SETUID"] = "nobody" }
      if start == .withUserAndRoot { settings["CHROOT"] = lab.directory }
      let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
      var command = "exec \(Programs.ours)"
      if start == .asUnit {
        // As systemd does with AmbientCapabilities= and CapabilityBoundingSet=. The node is as open as udev makes it.
        let node = lab.directory + "/tun"
        let both = "-all,+net_admin,+net_bind_service"
        command =
          "mknod -m 666 \(node) c 10 200 && mount --bind \(node) /dev/net/tun && exec setpriv "
          + "--reuid nobody --regid nogroup --clear-groups --bounding-set=\(both) --inh-caps=\(both) "
          + "--ambient-caps=\(both) \(Programs.ours)"
      }
      let daemon = try lab.a.start(words: ["sh", "-c", command], environment: path.merging(settings) { $1 })
      #expect(daemon.logs("operational"), "\(daemon.log)")
      return daemon
    }

    @Test("none is left once the tunnel is up, however it was started; the script had them", arguments: Start.allCases)
    func none(start: Start) throws {
      // The lab's directory belongs to root.
      let seen = try lab.file("seen")
      try must("chmod 777 \(seen)")
      let daemon = try self.start(
        start, ["TUN_UP_SCRIPT": "grep CapEff /proc/self/status >\(seen); ip link set qt0 mtu 1400 up"])
      let had = try String(contentsOfFile: seen, encoding: .utf8).split(separator: "\t").last.flatMap {
        UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16)
      }
      #expect((had ?? 0) & 1 << 12 != 0, "CAP_NET_ADMIN")
      for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        #expect(try status(daemon, [set]) == ["\(set):\t0000000000000000"])
      }
      // To empty the bounding set takes CAP_SETPCAP, which the unit does not have.
      let bounding = start == .asUnit ? "0000000000001400" : "0000000000000000"
      #expect(try status(daemon, ["CapBnd"]) == ["CapBnd:\t\(bounding)"])
      #expect(try status(daemon, ["NoNewPrivs"]) == ["NoNewPrivs:\t1"])
      // capset is for one thread.
      #expect(try status(daemon, ["Threads"]) == ["Threads:\t1"])

      // It works all the same, notices what the kernel tells of its device, and the device goes with it.
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      try lab.a.must("ip link set qt0 down")
      #expect(try !lab.b.pings(lab.a.inner, count: 3))
      #expect(daemon.logs("ip link set qt0 up"), "\(daemon.log)")
      #expect(daemon.stop() == 0)
      #expect(try !lab.a.run("ip link show qt0").isSuccess)
    }

    @Test("a persistent device is given back without super-packets, which the next program may not know")
    func offloads() throws {
      try lab.a.must("ip tuntap add dev qt0 mode tun")
      func isOn() throws -> Bool {
        try lab.a.must("ethtool -k qt0").contains("tx-tcp-segmentation: on")
      }
      let daemon = try start(.byRoot, [:])
      #expect(try isOn())
      #expect(daemon.stop() == 0)
      #expect(try !isOn())
    }

    @Test("a filter of system calls that forbids it: said, with the cure, and the tunnel works")
    func refused() throws {
      let shim = try TestPrograms.library("refuse", in: lab)
      let daemon = try lab.a.start(.ours, tunnel.a.merging(["=LD_PRELOAD": shim, "=REFUSE": "capset"]) { $1 })
      #expect(daemon.logs("operational"), "\(daemon.log)")
      #expect(daemon.log.contains("Capabilities cannot be given up: capset: Operation not permitted"), "\(daemon.log)")
      #expect(daemon.log.contains("SystemCallFilter=capset"))
      #expect(daemon.stop() == 0)
    }

    /// Runs with a limit for locked memory ("soft:hard" in bytes), with no right to raise the hard one, and where it is
    /// bounded with none to go beyond it.
    private func limited(_ limit: String, _ settings: [String: String], isBounded: Bool = true) throws -> Daemon {
      let without = "-sys_resource" + (isBounded ? ",-ipc_lock" : "")
      let words = ["prlimit", "--memlock=\(limit)", "setpriv", "--bounding-set=\(without)", Programs.ours]
      let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "INTERFACE": "qt0"]
      let daemon = try lab.a.start(words: words, environment: path.merging(settings) { $1 })
      #expect(daemon.logs("operational"), "\(daemon.log)")
      return daemon
    }

    @Test("keys that the kernel does not lock in memory are told of, once, with the cure")
    func memoryLocks() throws {
      let refused = try limited("0:0", tunnel.a)
      #expect(refused.log.contains("Keys are not locked in memory: mlock: "), "\(refused.log)")
      #expect(refused.log.contains("LimitMEMLOCK=8M") && refused.log.contains("CAP_IPC_LOCK"))
      usleep(2_500_000)
      #expect(refused.stop() == 0)
      #expect(refused.log.components(separatedBy: "not locked").count == 2, "\(refused.log)")

      // A limit that may be raised is raised, and else the one capability is kept that goes beyond it.
      for (limit, isBounded, kept) in [("0:8388608", true, "0000000000000000"), ("0:0", false, "0000000000004000")] {
        let daemon = try limited(limit, tunnel.a, isBounded: isBounded)
        #expect(try status(daemon, ["VmLck"]) != ["VmLck:\t       0 kB"])
        #expect(try status(daemon, ["CapEff", "CapPrm"]) == ["CapPrm:\t\(kept)", "CapEff:\t\(kept)"])
        #expect(daemon.stop() == 0)
        #expect(!daemon.log.contains("not locked"), "\(daemon.log)")
      }
      // There is nothing to be kept secret.
      let raw = try limited("0:0", ["PROTOCOL": "raw", "REMOTE_ADDRESS": lab.b.address])
      #expect(!raw.log.contains("not locked"), "\(raw.log)")
    }
  }
}
