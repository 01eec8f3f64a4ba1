import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// LOG_TO=syslog, on a host that has a /dev of its own.
  @Suite("Syslog", .serialized)
  struct Syslog {
    private let lab: Lab
    private let tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty")
      let devices = lab.directory + "/dev"
      try must("mkdir -p \(devices)/net")
      for (name, numbers) in [("null", "1 3"), ("net/tun", "10 200")] {
        try must("mknod -m 666 \(devices)/\(name) c \(numbers)")
      }
    }

    private func start(_ more: [String: String] = [:]) throws -> Daemon {
      let settings = tunnel.a.merging(more) { $1 }
      let named = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "INTERFACE": "qt0", "LOG_TO": "syslog"]
      let command = "mount --bind \(lab.directory)/dev /dev && exec \(Programs.ours)"
      return try lab.a.start(words: ["sh", "-c", command], environment: named.merging(settings) { $1 })
    }

    /// Somebody who takes lines at /dev/log from now on.
    private func syslog() throws -> Running {
      let taker = try lab.a.running(["python3", "-u", TestPrograms.path("manager.py"), lab.directory + "/dev/log"])
      #expect(taker.says("hears"))
      return taker
    }

    @Test("once the tunnel is up, lines go only there")
    func there() throws {
      let syslog = try syslog()
      let daemon = try start()
      #expect(syslog.says("The tunnel is operational: salty") && daemon.logs("The tunnel is operational: salty"))
      #expect(daemon.stop() == 0)
      #expect(syslog.says("Ended by SIGTERM"))
      #expect(!daemon.log.contains("Ended by") && !daemon.log.contains("/dev/log"), "\(daemon.log)")
      #expect(syslog.output.contains("quicktun.qt0["), "\(syslog.output)")
    }

    @Test("where there is none that is said, and lines stay on standard error; until there is one")
    func missing() throws {
      let daemon = try start()
      #expect(daemon.logs("operational"))
      #expect(daemon.logs("warning: LOG_TO=syslog: /dev/log: No such file or directory"), "\(daemon.log)")
      kill(daemon.identifier, SIGUSR1)
      #expect(daemon.logs("Sent 0 packets"), "\(daemon.log)")
      // At boot syslog may begin later than the network.
      let syslog = try syslog()
      #expect(daemon.stop() == 0)
      #expect(syslog.says("Ended by SIGTERM"))
      #expect(!daemon.log.contains("Ended by"), "\(daemon.log)")
    }

    @Test("it cannot be reached: nobody listens any more, or it is outside the new root directory")
    func unreachable() throws {
      // A socket that nobody reads from.
      let abandoned =
        "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(\"\(lab.directory)/dev/log\")"
      #expect(try lab.a.run(words: ["python3", "-c", abandoned]).isSuccess)
      let daemon = try start(["CHROOT": lab.directory + "/dev/net"])
      #expect(daemon.logs("LOG_TO=syslog: /dev/log: Connection refused"), "\(daemon.log)")
      #expect(daemon.logs("operational"))
      #expect(daemon.stop() == 0)
      #expect(daemon.log.contains("Ended by SIGTERM"), "\(daemon.log)")
    }

    @Test("a stream, as some take their lines by")
    func stream() throws {
      let script = """
        import socket
        listening = socket.socket(socket.AF_UNIX)
        listening.bind("\(lab.directory)/dev/log"); listening.listen(); print("hears")
        caller = listening.accept()[0]
        while lines := caller.recv(4096): print(lines)
        """
      let taker = try lab.a.running(["python3", "-u", "-c", script])
      #expect(taker.says("hears"))
      let daemon = try start()
      #expect(daemon.logs("operational"))
      #expect(!daemon.log.contains("/dev/log"), "\(daemon.log)")
      #expect(daemon.stop() == 0)
      #expect(taker.says("Ended by SIGTERM"), "\(taker.output)")
      #expect(!daemon.log.contains("Ended by"))
    }
  }
}
