import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// What a service manager hears (sd_notify(3)). With systemd itself: Tests/Debian/systemd.
  @Suite("Supervision", .serialized)
  struct Supervision {
    private let lab: Lab
    private let tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty")
    }

    /// Hears on a socket of that name, and writes each datagram as one line.
    private func manager(_ address: String) throws -> Running {
      let manager = try lab.a.running(["python3", "-u", TestPrograms.path("manager.py"), address])
      #expect(manager.says("hears"))
      return manager
    }

    @Test("ready when the tunnel is up, then what it does and that it lives, then the end", arguments: ["/", "@"])
    func life(kind: String) throws {
      let address = kind == "@" ? "@quicktun-\(UUID().uuidString)" : lab.directory + "/notify"
      let manager = try manager(address)
      let script = "env > \(lab.directory)/environment; sleep 0.3"
      let daemon = try lab.a.start(
        .ours,
        tunnel.a.merging([
          "=NOTIFY_SOCKET": address, "=WATCHDOG_USEC": "2000000", "TUN_UP_SCRIPT": script, "CHROOT": lab.directory,
          "SETUID": "nobody",
        ]) { $1 })
      #expect(manager.says("READY=1|STATUS=The tunnel is operational: salty"))
      #expect(manager.says("WATCHDOG=1|"))
      #expect(manager.says("STATUS=salty on qt0, peer 192.0.2.2:2998. Sent 0 packets"))
      daemon.stop()
      #expect(manager.says("STOPPING=1"))
      let told = manager.result(within: 0)
      #expect(!told.contains("ERRNO"), "\(told)")
      let environment = try String(contentsOfFile: lab.directory + "/environment", encoding: .utf8)
      #expect(environment.contains("TUN_DEV_NAME=qt0") && !environment.contains("NOTIFY_SOCKET"))
      #expect(!environment.contains("WATCHDOG_USEC"))
    }

    @Test(
      "a failure is told too, so that nobody waits for the end of his patience",
      arguments: [("PROTOCOL", "slaty", 78), ("LOCAL_ADDRESS", "192.0.2.77", 1)])
    func failure(name: String, value: String, status: Int32) throws {
      let address = lab.directory + "/notify"
      let manager = try manager(address)
      let settings = tunnel.a.merging(["=NOTIFY_SOCKET": address, name: value]) { $1 }
      #expect(try lab.a.start(.ours, settings).ends(within: 5) == status)
      #expect(manager.says("ERRNO=22"))
      let told = manager.result(within: 0)
      #expect(told.contains(value) && !told.contains("READY"), "\(told)")
    }

    @Test("while a script runs the manager is told to be patient, and that it does; start-stop-daemon heeds it")
    func script() throws {
      let address = lab.directory + "/notify"
      let manager = try manager(address)
      let settings = tunnel.a.merging(["TUN_UP_SCRIPT": "sleep 4", "SCRIPT_TIMEOUT": "50"]) { $1 }
      let daemon = try lab.a.start(.ours, settings.merging(["=NOTIFY_SOCKET": address]) { $1 })
      #expect(manager.says("STATUS=TUN_UP_SCRIPT runs|EXTEND_TIMEOUT_USEC=60000000|"))
      #expect(manager.says("READY=1"))
      #expect(manager.output.split(separator: "READY=1").first?.contains("TUN_UP_SCRIPT runs") == true, "before that")
      daemon.stop()

      let pidfile = lab.directory + "/pid"
      let waiting =
        ["start-stop-daemon", "--start", "--quiet", "--background", "--make-pidfile", "--pidfile", pidfile]
        + ["--notify-await", "--notify-timeout", "2", "--startas", Programs.ours, "--", "run"]
      let started = try lab.a.run(words: waiting + settings.flatMap { ["-c", $0.key, $0.value] })
      #expect(started.isSuccess, "\(started.errors)")
      try lab.a.must("start-stop-daemon --stop --quiet --retry 5 --pidfile \(pidfile)")
    }

    @Test("a watchdog of another process's is none of ours; a manager that went is no reason to stop")
    func foreign() throws {
      let address = lab.directory + "/notify"
      let manager = try manager(address)
      let daemon = try lab.a.start(
        .ours,
        tunnel.a.merging(["=NOTIFY_SOCKET": address, "=WATCHDOG_USEC": "2000000", "=WATCHDOG_PID": "1"]) { $1 })
      #expect(manager.says("READY=1"))
      usleep(2_500_000)
      #expect(!manager.result(within: 0).contains("WATCHDOG"))
      usleep(1_500_000)
      #expect(daemon.isRunning)
    }
  }
}
