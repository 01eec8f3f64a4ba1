import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// The program as a process: how it starts, what it shows of itself, what it gives up, how it ends.
  @Suite("Program", .serialized)
  struct Program {
    private let lab: Lab
    private let tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty")
    }

    private func started(_ more: [String: String] = [:]) throws -> Daemon {
      let daemon = try lab.a.start(.ours, tunnel.a.merging(more) { $1 })
      #expect(daemon.logs("operational"), "\(daemon.log)")
      return daemon
    }

    /// A line of /proc/PID/status.
    private func status(_ daemon: Daemon, _ name: String) throws -> String {
      let text = try String(contentsOfFile: "/proc/\(daemon.identifier)/status", encoding: .utf8)
      let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
      return line.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test("SIGTERM and SIGINT end it with 0, and the device is gone", arguments: [SIGTERM, SIGINT])
    func signals(signal: Int32) throws {
      let daemon = try started()
      #expect(try lab.a.run("ip link show qt0").isSuccess)
      #expect(daemon.stop(signal) == 0)
      #expect(try !lab.a.run("ip link show qt0").isSuccess)
    }

    @Test("one start-up line tells all that two people would compare")
    func startLine() throws {
      let daemon = try started()
      let lines = daemon.log.split(separator: "\n").filter { $0.contains("operational") }
      #expect(lines.count == 1)
      let own = try run([Programs.ours, "keypair", "-i", tunnel.a["PRIVATE_KEY"] ?? "", "-o", "space"]).output
        .split(whereSeparator: \.isWhitespace)[1]
      for fact in ["salty", "tun device qt0", "192.0.2.1:2998", "192.0.2.2:2998", "fixed", "2048", own] {
        #expect(lines[0].contains(fact), "\(fact)")
      }
    }

    @Test("SETUID: groups, group and user are changed for good; CHROOT: the root is")
    func privileges() throws {
      let daemon = try started(["SETUID": "nobody", "CHROOT": lab.directory])
      let nobody = try must("id -u nobody").trimmingCharacters(in: .whitespacesAndNewlines)
      let group = try must("id -g nobody").trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(try status(daemon, "Uid") == [nobody, nobody, nobody, nobody].joined(separator: " "))
      #expect(try status(daemon, "Gid") == [group, group, group, group].joined(separator: " "))
      #expect(try status(daemon, "Groups") == "")
      #expect(try status(daemon, "CapEff") == "0000000000000000")
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(daemon.identifier)/root") == lab.directory)
      // It still works.
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      #expect(daemon.stop() == 0)
    }

    @Test("TUN_UP_SCRIPT gets the facts and no secret, and runs before the privileges go")
    func script() throws {
      let seen = lab.directory + "/seen"
      let daemon = try started([
        "TUN_UP_SCRIPT": "(id -u; env; tr '\\0' '\\n' </proc/$PPID/environ) >\(seen)",
        "SETUID": "nobody", "MTU": "1400", "=PRIVATE_KEY": tunnel.b["PRIVATE_KEY"] ?? "",
      ])
      let text = try String(contentsOfFile: seen, encoding: .utf8)
      let lines = text.split(separator: "\n").map(String.init)
      #expect(lines.first == "0")
      for fact in [
        "INTERFACE=qt0", "TUN_DEV_NAME=qt0", "INTERFACE_MTU=1400", "PROTOCOL=salty", "LOCAL_ADDRESS=192.0.2.1",
        "LOCAL_PORT=2998", "REMOTE_ADDRESS=192.0.2.2", "REMOTE_PORT=2998", "IF_QT_PROTOCOL=salty",
        "REMOTE_KEY=\(tunnel.a["PUBLIC_KEY"] ?? "")",
      ] {
        #expect(lines.contains(fact), "\(fact)")
      }
      for secret in [tunnel.a["PRIVATE_KEY"] ?? "", tunnel.b["PRIVATE_KEY"] ?? ""] {
        #expect(!text.lowercased().contains(secret.lowercased()))
      }
      daemon.stop()
    }

    @Test("a script that fails is told of, and the tunnel goes on")
    func failingScript() throws {
      let daemon = try started(["TUN_UP_SCRIPT": "exit 3"])
      #expect(daemon.log.contains("TUN_UP_SCRIPT ended with status 3"))
      #expect(daemon.isRunning)
    }

    @Test("the secret is in no log, environment, command line or core dump", arguments: ["environment", "-c", "--"])
    func secrets(spelling: String) throws {
      let secret = tunnel.a["PRIVATE_KEY"] ?? ""
      let settings = tunnel.a.merging(["LOG_LEVEL": "trace", "INTERFACE": "qt0"]) { $1 }
      let words: [String] =
        switch spelling {
        case "-c": settings.flatMap { ["-c", $0.key, $0.value] }
        case "--": settings.flatMap { ["--" + $0.key.lowercased().replacing("_", with: "-"), $0.value] }
        default: []
        }
      let daemon =
        words.isEmpty ? try lab.a.start(.ours, settings) : try lab.a.start(words: [Programs.ours] + words)
      #expect(daemon.logs("operational"), "\(daemon.log)")
      for place in ["environ", "cmdline"] {
        let bytes = FileManager.default.contents(atPath: "/proc/\(daemon.identifier)/\(place)") ?? Data()
        #expect(!String(decoding: bytes, as: UTF8.self).contains(secret), "\(place)")
      }
      #expect(!daemon.log.contains(secret))
      let limits = try String(contentsOfFile: "/proc/\(daemon.identifier)/limits", encoding: .utf8)
      let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") } ?? ""
      #expect(core.split(whereSeparator: \.isWhitespace).suffix(3).prefix(2) == ["0", "0"], "\(core)")
      // What a core dump would hold: every page that may be dumped. The key's own pages may not.
      let found = try run([
        "python3", URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Programs/search_memory.py",
        "\(daemon.identifier)", secret,
      ])
      #expect(found.status == 0, "\(found.output)\(found.errors)")
    }

    @Test("an ordinary user attaches to the device that was made for him")
    func persistentDevice() throws {
      try lab.a.must("ip tuntap add dev qt0 mode tun user nobody")
      let words = tunnel.a.flatMap { ["-c", $0.key, $0.value] } + ["-c", "INTERFACE", "qt0"]
      // Whatever this machine's own device node is open to: everybody's is what udev makes.
      let node = lab.directory + "/tun"
      let prepare = "mknod -m 666 \(node) c 10 200 && mount --bind \(node) /dev/net/tun"
      let become = "setpriv --reuid nobody --regid nogroup --clear-groups "
      let daemon = try lab.a.start(
        shell: prepare + " && exec " + become + ([Programs.ours] + words).joined(separator: " "))
      #expect(daemon.logs("operational"), "\(daemon.log)")
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      #expect(daemon.stop() == 0)
      #expect(try lab.a.run("ip link show qt0").isSuccess, "persistent")
    }

    @Test("settings from a file")
    func configurationFile() throws {
      let text = tunnel.a.merging(["INTERFACE": "qt7"]) { $1 }.map { "\($0.key)=\($0.value)\n" }.joined()
      let file = try lab.file("tunnel.conf", "# a tunnel\n" + text)
      let daemon = try lab.a.start(words: [Programs.ours, "--config", file])
      #expect(daemon.logs("tun device qt7"), "\(daemon.log)")
    }

    /// A bad value under each spelling: one message that names the setting as it was spelled, the value, what is
    /// accepted; at once. The status is 78 for what is wrong as it stands, and 1 for what the system does not
    /// know: a name or a user that may yet come.
    @Test(
      "bad settings",
      arguments: [
        ["PROTOCOL", "slaty"], ["TUN_MODE", "2"], ["USE_PI", "yes"], ["LOCAL_PORT", "65536"], ["REMOTE_PORT", "0"],
        ["REMOTE_PORT", "2998x"], ["INTERFACE", "a-name-of-16-cha"], ["INTERFACE", "/dev/tun0"], ["LOG_LEVEL", "loud"],
        ["MTU", "12"], ["SCRIPT_TIMEOUT", "0"], ["REPLAY_WINDOW", "-1"], ["TIME_WINDOW", "an hour"], ["ROLE", "2"],
        ["OFFLOAD", "maybe"],
        ["LOCAL_ADDRESS", "192.0.2.300"], ["REMOTE_ADDRESS", "192.0.2.2 # the other"], ["PUBLIC_KEY", "abcd"],
        ["PRIVATE_KEY", "0123456789"], ["PRIVATE_KEY_FILE", "/nonexistent/key"], ["SETUID", "no-such-user"],
        ["CHROOT", "/nonexistent"],
      ])
    func badSettings(setting: [String]) throws {
      let (name, value) = (setting[0], setting[1])
      var settings = tunnel.a.merging(["INTERFACE": "qt0"]) { $1 }
      settings[name] = value
      if name == "PRIVATE_KEY_FILE" { settings["PRIVATE_KEY"] = nil }
      let option = "--" + name.lowercased().replacing("_", with: "-")
      let file = try lab.file("bad.conf", settings.map { "\($0.key)=\($0.value)\n" }.joined())
      let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
      var debian = path
      for (key, value) in settings { debian[key == "INTERFACE" ? "IFACE" : "IF_QT_" + key] = value }
      let spellings: [(String, [String], [String: String])] = [
        (name, settings.flatMap { ["-c", $0.key, $0.value] }, path),
        (option, settings.flatMap { ["--" + $0.key.lowercased().replacing("_", with: "-"), $0.value] }, path),
        (name == "INTERFACE" ? "IFACE" : "IF_QT_" + name, [], debian),
        (name, [], path.merging(settings) { $1 }),
        (name, ["--config", file], path),
      ]
      for (spelling, words, environment) in spellings {
        if value.contains(" #") && words.first == "--config" { continue }  // there it is a comment
        let daemon = try lab.a.start(words: [Programs.ours] + words, environment: environment)
        let status = daemon.ends(within: 8)
        let mayPass = ["LOCAL_ADDRESS", "SETUID", "CHROOT"].contains(name)
        #expect(status == (mayPass ? 1 : 78), "\(spelling)=\(value) \(daemon.log)")
        #expect(daemon.log.contains(spelling), "\(spelling)=\(value): \(daemon.log)")
        #expect(daemon.log.contains(value) == (name != "PRIVATE_KEY"), "\(daemon.log)")
        #expect(!daemon.log.contains("operational"))
      }
    }

    @Test("the system refuses something: 1, for another try may succeed")
    func refused() throws {
      _ = try started()
      let second = try lab.a.start(.ours, tunnel.a.merging(["INTERFACE": "qt1"]) { $1 })
      #expect(second.ends(within: 8) == 1)
      #expect(second.log.contains("Address already in use"), "\(second.log)")
    }

    @Test(
      "of libraries it needs the C library and libsodium, from nowhere but the system's directories; no Foundation",
      needsShippedProgram)
    func libraries() throws {
      let dynamic = try must("readelf --dynamic \(Programs.ours)")
      #expect(dynamic.contains("(NEEDED)"))
      for place in ["RPATH", "RUNPATH"] { #expect(!dynamic.contains("(\(place))"), "\(dynamic)") }
      let needed = try must("ldd \(Programs.ours)").split(separator: "\n").compactMap { $0.split(separator: " ").first }
        .map { String($0.drop { $0.isWhitespace }) }
      let accepted = ["linux-vdso", "libsodium", "libm.", "libc.", "/lib64/ld-linux"]
      for library in needed { #expect(accepted.contains { library.hasPrefix($0) }, "\(library)") }
      #expect(try !must("strings -n 20 \(Programs.ours)").contains("FoundationEssentials"))
    }

    @Test("help and version")
    func helpAndVersion() throws {
      for word in ["-h", "--help"] {
        let result = try run([Programs.ours, word])
        #expect(result.isSuccess)
        for name in ["PROTOCOL", "REMOTE_ADDRESS", "keypair", "salty"] {
          #expect(result.output.lowercased().contains(name.lowercased()), "\(name)")
        }
      }
      for word in ["-v", "--version"] { #expect(try run([Programs.ours, word]).output.contains("2.2.6")) }
    }
  }
}
