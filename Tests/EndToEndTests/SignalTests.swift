import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// A signal is heeded from the first moment on, whatever the program waits for, and none ends it without a word.
  @Suite("Signals", .serialized)
  struct Signals {
    private let lab: Lab
    private let tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty")
    }

    /// `before` are words of a shell that become the program.
    private func start(_ more: [String: String], before: String = "exec") throws -> Daemon {
      let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "INTERFACE": "qt0"]
      let settings = tunnel.a.merging(more) { $1 }
      return try lab.a.start(
        words: ["sh", "-c", "\(before) \(Programs.ours)"], environment: path.merging(settings) { $1 })
    }

    /// Sends a signal. Returns the status if the program ends of it: in no time, but for a machine that pauses.
    private func end(_ daemon: Daemon, _ signal: Int32, within seconds: Double = 8) -> Int32? {
      kill(daemon.identifier, signal)
      return daemon.ends(within: seconds)
    }

    /// Sends a signal, and looks for a second whether the program goes on.
    private func outlives(_ daemon: Daemon, _ signal: Int32) -> Bool { end(daemon, signal, within: 1) == nil }

    /// Processes of host a that are called `sleep` and wait for so many seconds.
    private func sleeps(_ seconds: Int) throws -> Bool {
      try lab.a.run("ip netns pids \(lab.a.namespace)").output.split(separator: "\n").contains {
        FileManager.default.contents(atPath: "/proc/\($0)/cmdline").map { String(decoding: $0, as: UTF8.self) }
          == "sleep\0\(seconds)\0"
      }
    }

    @Test(
      "during a script: it ends with all that it started, and the device goes",
      arguments: [
        (SIGTERM, "SIGTERM", Int32(0)), (SIGINT, "SIGINT", 0), (SIGHUP, "SIGHUP", 129), (SIGQUIT, "SIGQUIT", 131),
      ])
    func script(signal: Int32, name: String, status: Int32) throws {
      let daemon = try start(["TUN_UP_SCRIPT": "sleep 1111 & sleep 1112; echo not reached"])
      #expect(try eventually { try sleeps(1111) && sleeps(1112) })
      #expect(end(daemon, signal) == status, "\(daemon.log)")
      #expect(daemon.log.contains("Ended by \(name) before the tunnel was up"), "\(daemon.log)")
      #expect(!daemon.log.contains("operational") && !daemon.log.contains("not reached"))
      #expect(try eventually { try !sleeps(1111) && !sleeps(1112) })
      #expect(try !lab.a.run("ip link show qt0").isSuccess)
    }

    @Test("a script that takes too long is ended, whatever it ignores; that is said, and the tunnel goes on")
    func scriptTimeout() throws {
      let daemon = try start(["TUN_UP_SCRIPT": "trap '' TERM; sleep 1113 & sleep 1114", "SCRIPT_TIMEOUT": "1"])
      #expect(daemon.logs("TUN_UP_SCRIPT did not end within 1 s and was ended"), "\(daemon.log)")
      #expect(daemon.logs("operational"), "\(daemon.log)")
      #expect(try eventually { try !sleeps(1113) && !sleeps(1114) })
      #expect(end(daemon, SIGTERM) == 0)
      // One that ends in time is left alone, with what it has put into the background.
      let other = try start(["TUN_UP_SCRIPT": "sleep 1115 & true", "SCRIPT_TIMEOUT": "3"])
      #expect(other.logs("operational"), "\(other.log)")
      usleep(3_500_000)
      #expect(try sleeps(1115))
      #expect(end(other, SIGTERM) == 0 && !other.log.contains("did not end"))
    }

    @Test("nor is a signal lost that comes while such a script is being ended")
    func signalAtTimeout() throws {
      // It is asked to end, and has a second before it must.
      let asked = lab.directory + "/asked"
      let script = "trap 'touch \(asked)' TERM; while :; do sleep 1116; done"
      let daemon = try start(["TUN_UP_SCRIPT": script, "SCRIPT_TIMEOUT": "1"])
      #expect(eventually { FileManager.default.fileExists(atPath: asked) })
      #expect(end(daemon, SIGTERM) == 0)
      #expect(!daemon.log.contains("operational") && daemon.log.contains("Ended by SIGTERM"), "\(daemon.log)")
    }

    /// Bits of signals in a line of /proc/PID/status that a script wrote down. glibc uses 32 and 33 itself.
    private func bits(_ name: String, _ text: String) -> UInt64? {
      let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
      return line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }.map { $0 & 0x7fff_ffff }
    }

    @Test("a script has no signal ignored or blocked, and no input to wait for, whatever the program was started with")
    func surroundings() throws {
      let seen = lab.directory + "/seen"
      try must("mkfifo \(lab.directory)/input")
      let block = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); "
      // With SIGCHLD ignored the kernel does not keep a child's status.
      let daemon = try start(
        ["TUN_UP_SCRIPT": "cat; grep Sig /proc/self/status >\(seen); exit 3"],
        before: "trap '' PIPE INT QUIT CHLD XFSZ; exec 0<>\(lab.directory)/input; "
          + "exec python3 -c '\(block)os.execvp(sys.argv[1], sys.argv[1:])'")
      #expect(daemon.logs("TUN_UP_SCRIPT ended with status 3"), "\(daemon.log)")
      let text = try String(contentsOfFile: seen, encoding: .utf8)
      #expect(bits("SigBlk", text) == 0 && bits("SigIgn", text) == 0, "\(text)")
      #expect(daemon.logs("operational"))
      #expect(end(daemon, SIGTERM) == 0)
    }

    /// A name server in b that never answers, and a's only one.
    private func silenceNames() throws -> Running {
      let bind = "s.bind((\"\(lab.b.address)\", 53)); print(\"hears\"); print(s.recv(999)); time.sleep(99)"
      let server = try lab.b.running(
        ["python3", "-u", "-c", "import socket, time; s = socket.socket(type=socket.SOCK_DGRAM); \(bind)"])
      #expect(server.says("hears"))
      let directory = "/etc/netns/\(lab.a.namespace)"
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try "nameserver \(lab.b.address)\noptions timeout:30 attempts:5\n".write(
        toFile: directory + "/resolv.conf", atomically: true, encoding: .utf8)
      return server
    }

    @Test(
      "while the resolver waits: at once, also where the parent has blocked the signal",
      arguments: [
        (SIGTERM, "SIGTERM", Int32(143)), (SIGINT, "SIGINT", 130), (SIGHUP, "SIGHUP", 129), (SIGQUIT, "SIGQUIT", 131),
      ])
    func resolver(signal: Int32, name: String, status: Int32) throws {
      defer { try? FileManager.default.removeItem(atPath: "/etc/netns/\(lab.a.namespace)") }
      let server = try silenceNames()
      let block = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); "
      let daemon = try start(
        ["REMOTE_ADDRESS": "far.example"], before: "exec python3 -c '\(block)os.execvp(sys.argv[1], sys.argv[1:])'")
      #expect(server.says("far"))
      for report in [SIGUSR1, SIGUSR2] { kill(daemon.identifier, report) }
      #expect(daemon.ends(within: 0.3) == nil)
      #expect(end(daemon, signal) == status)
      #expect(daemon.log.contains("Ended by \(name) before the tunnel was up"), "\(daemon.log)")
    }

    @Test("process 1 of a container, whose signals have no default action", arguments: [false, true])
    func processOne(isUp: Bool) throws {
      defer { try? FileManager.default.removeItem(atPath: "/etc/netns/\(lab.a.namespace)") }
      let server = try silenceNames()
      let daemon = try start(
        isUp ? [:] : ["REMOTE_ADDRESS": "far.example"], before: "exec unshare --pid --fork --kill-child")
      #expect(isUp ? daemon.logs("operational") : server.says("far"), "\(daemon.log)")
      let child = try must("pgrep --parent \(daemon.identifier)").trimmingCharacters(in: .whitespacesAndNewlines)
      kill(try #require(pid_t(child)), isUp ? SIGQUIT : SIGTERM)
      #expect(daemon.ends(within: 8) == (isUp ? 131 : 143))
    }

    @Test("SIGHUP is no success, but nothing at all under nohup")
    func hangUp() throws {
      let daemon = try start([:])
      #expect(daemon.logs("operational"))
      #expect(end(daemon, SIGHUP) == 129)
      #expect(daemon.log.contains("Ended by SIGHUP. Sent"), "\(daemon.log)")
      #expect(try !lab.a.run("ip link show qt0").isSuccess)

      let lasting = try start(["TUN_UP_SCRIPT": "sleep 1"], before: "exec nohup")
      #expect(try eventually { try lab.a.run("ip link show qt0").isSuccess })
      #expect(outlives(lasting, SIGHUP))  // while the script runs
      #expect(lasting.logs("operational"), "\(lasting.log)")
      #expect(outlives(lasting, SIGHUP))
      #expect(end(lasting, SIGTERM) == 0)
    }

    @Test("SIGUSR1 and SIGUSR2 are answered with the counters, and the tunnel goes on", arguments: [SIGUSR1, SIGUSR2])
    func report(signal: Int32) throws {
      let daemon = try start([:])
      #expect(daemon.logs("operational"))
      #expect(outlives(daemon, signal))
      #expect(daemon.logs("salty on qt0, peer 192.0.2.2:2998. Sent 0 packets"), "\(daemon.log)")
      #expect(end(daemon, SIGTERM) == 0)
    }

    @Test(
      "what nobody should send ends it tidily, with a word, and as the signal does",
      arguments: [(SIGQUIT, "SIGQUIT"), (SIGALRM, "SIGALRM"), (SIGXCPU, "SIGXCPU")])
    func others(signal: Int32, name: String) throws {
      try lab.a.must("ip tuntap add dev qt0 mode tun")
      let daemon = try start([:])
      #expect(daemon.logs("operational"))
      #expect(end(daemon, signal) == 128 + signal)
      #expect(daemon.log.contains("Ended by \(name). Sent"), "\(daemon.log)")
      #expect(try !lab.a.must("ethtool -k qt0").contains("tx-tcp-segmentation: on"))
    }

    @Test("a log that may not grow does not end the tunnel")
    func fileSize() throws {
      let daemon = try start(["LOG_LEVEL": "trace"], before: "ulimit -f 0; exec")
      #expect(try eventually { try lab.a.run("ip link show qt0").isSuccess })
      usleep(500_000)
      #expect(daemon.isRunning)
      #expect(end(daemon, SIGTERM) == 0)
    }
  }
}
