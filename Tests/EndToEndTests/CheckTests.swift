import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// `quicktun check` beside what a run would do.
  @Suite("Check", .serialized)
  struct Check {
    private let lab: Lab
    private let tunnel: Tunnel

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty").with(["INTERFACE": "qt0"])
    }

    private func check(
      _ settings: [String: String], _ options: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CheckDocument { try lab.check(settings, options, sourceLocation: sourceLocation) }

    @Test("all is well: nothing but ok, 0, and nothing was started or left")
    func good() throws {
      let document = try check(tunnel.a)
      #expect(document.isGood, "\(document.findings)")
      #expect(
        Set(document.findings.map(\.topic)).isSuperset(of: [
          "configuration", "keys", "node", "device", "address", "route",
        ]))
      #expect(try !lab.a.run("ip link show qt0").isSuccess)
    }

    @Test(
      "problems, all of them at once",
      arguments: [
        (["PROTOCOL": "slaty", "TUN_MODE": "7"], ["no such protocol", "TUN_MODE=7"]),
        (["SETUID": "no-such-user", "CHROOT": "/nonexistent"], ["no such user", "no such directory"]),
        (["REMOTE_ADDRESS": "198.51.100.9"], ["No route to 198.51.100.9"]),
        (["LOCAL_ADDRESS": "198.51.100.9"], ["LOCAL_ADDRESS is on no interface"]),
        (["REMOTE_ADDRESS": "2001:db8::2"], ["as LOCAL_ADDRESS is one"]),
        (["REMOTE_ADDRESS": "192.0.2.1"], ["this side's own address and port"]),
        (["REMOTE_ADDRESS": "192.0.2.255"], ["REMOTE_ADDRESS=192.0.2.255: a broadcast address"]),
        (["REMOTE_ADDRESS": "255.255.255.255"], ["a broadcast address"]),
        (["REMOTE_ADDRESS": "224.0.0.5"], ["a multicast address"]),
        (["REMOTE_ADDRESS": "ff02::1", "LOCAL_ADDRESS": ""], ["a multicast address"]),
        (["REMOTE_ADDRESS": "fe80::1", "LOCAL_ADDRESS": ""], ["a link-local address without its interface"]),
        (["REMOTE_ADDRESS": "2001:db9::2", "LOCAL_ADDRESS": ""], ["No route to [2001:db9::2]", "get 2001:db9::2"]),
        (["REMOTE_ADDRESS": "", "LOCAL_PORT": "0"], ["at a port that nobody can know"]),
        (["TUN_UP_SCRIPT": "/gone/up.sh qt0"], ["TUN_UP_SCRIPT: /gone/up.sh: no such file"]),
        (["TUN_UP_SCRIPT": "/etc/passwd; true"], ["TUN_UP_SCRIPT: /etc/passwd is not executable"]),
      ])
    func problems(settings: [String: String], texts: [String]) throws {
      let document = try check(tunnel.a.merging(settings) { $1 })
      #expect(document.status == 2)
      for text in texts { #expect(document.has("problem", text), "\(document.findings)") }
    }

    @Test(
      "warnings end with 1",
      arguments: [
        (["PROTOCOL": "raw"], "nothing is encrypted"), (["PROTOCOL": "nacl0"], "nacl0"),
        (["PROTOCOL": "nacltai"], "TIME_WINDOW"),
        (["REMOTE_FLOAT": "0"], "REMOTE_FLOAT=0"),
        (["REMOTE_ADDRESS": "192.0.2.1", "REMOTE_PORT": "2999"], "this host's own address"),
        (["TUN_UP_SCRIPT": "no-such-command up"], "no such command in PATH"),
        (["MTU": "1500"], "MTU=1500 is too much for the path; at most 1452 bytes"),
      ])
    func warnings(settings: [String: String], text: String) throws {
      let document = try check(tunnel.a.merging(settings) { $1 })
      #expect(document.status == 1 && document.has("warning", text), "\(document.findings)")
    }

    @Test("the device: mode, holder, MTU; the port; a route into the tunnel")
    func device() throws {
      try lab.a.must("ip tuntap add dev qt0 mode tap")
      #expect(try check(tunnel.a).has("problem", "qt0 exists as tap; you asked for tun"))
      try lab.a.must("ip link del qt0")
      try lab.a.must("ip tuntap add dev qt0 mode tun")
      #expect(try check(tunnel.a).has("warning", "at most 1452 bytes"))
      try lab.a.must("ip link set qt0 mtu 1452 up")
      #expect(try check(tunnel.a).status == 0)
      try lab.a.must("ip route add \(lab.b.address)/32 dev qt0")
      #expect(try check(tunnel.a).has("problem", "leads into the tunnel"))
      try lab.a.must("ip route del \(lab.b.address)/32 dev qt0")
      // Rules may send the tunnel's own datagrams another way.
      try lab.a.must("ip route add \(lab.b.address)/32 dev qt0")
      try lab.a.must("ip route add \(lab.b.address)/32 dev wire table 99")
      try lab.a.must("ip rule add ipproto udp sport 2998 lookup 99")
      #expect(!(try check(tunnel.a).has("problem", "leads into the tunnel")))
    }

    @Test("a side that waits says what the other needs; a link-local peer with its interface; a good script")
    func fine() throws {
      let waiting = try check(tunnel.a.merging(["REMOTE_ADDRESS": "0.0.0.0"]) { $1 })
      #expect(waiting.isGood && waiting.has("ok", "the other side needs REMOTE_ADDRESS"), "\(waiting.findings)")
      let script = tunnel.a.merging(["TUN_UP_SCRIPT": "ip link set qt0 up; echo $HOME"]) { $1 }
      #expect(try check(script).isGood)
      let near = tunnel.a.merging(["LOCAL_ADDRESS": "", "REMOTE_ADDRESS": "fe80::2%wire"]) { $1 }
      #expect(try check(near).has("ok", "]:2998 by wire"))
    }

    @Test("a path of 1300 bytes")
    func narrowPath() throws {
      try lab.a.must("ip route add \(lab.b.address)/32 dev wire mtu 1300")
      #expect(try check(tunnel.a.merging(["MTU": "1500"]) { $1 }).has("warning", "at most 1252 bytes"))
      #expect(try check(tunnel.a.merging(["MTU": "1252"]) { $1 }).isGood)
      #expect(try check(tunnel.a.merging(["MTU": "auto"]) { $1 }).isGood)
    }

    @Test("the peer: there, not there, with another key", arguments: [Daemon.Program.ours, .old])
    func peer(program: Daemon.Program) throws {
      #expect(try check(tunnel.a, "--peer").has("problem", "not listening yet"))
      var other = tunnel
      other.b["INTERFACE"] = nil
      let daemon = try lab.b.start(program, other.b)
      try lab.b.configure(mtu: 1400)
      #expect(try check(tunnel.a, "--peer").has("ok", "answers after"))
      daemon.stop()
      other.b["PUBLIC_KEY"] = try Pair().public
      _ = try lab.b.start(program, other.b)
      try lab.b.configure(mtu: 1400)
      #expect(try check(tunnel.a, "--peer").status == 2)
    }

    @Test("a shell script that wraps quicktun")
    func wrapper() throws {
      let lines = tunnel.a.map { "export \($0.key)=\"\($0.value)\"\n" }.joined()
      let file = try lab.file("wrapper.sh", "#!/bin/sh\nset -e\nNAME=x\n" + lines + "exec quicktun\n")
      try must("chmod 700 \(file)")
      let good = try lab.a.run("\(Programs.ours) check --config \(file)")
      #expect(good.status == 0, "\(good.output)")
      try (try String(contentsOfFile: file, encoding: .utf8) + "export TUN_MOD=1\nexport MTU=12\n")
        .write(toFile: file, atomically: true, encoding: .utf8)
      try must("chmod 700 \(file)")
      let bad = try lab.a.run("\(Programs.ours) check --config \(file)")
      #expect(bad.status == 2 && bad.output.contains("TUN_MOD") && bad.output.contains("MTU=12"), "\(bad.output)")
    }

    @Test("stanzas in a file; text within 80 columns and without colours where it is no terminal")
    func interfaces() throws {
      let file = try lab.file(
        "interfaces", "auto qt0\niface qt0 inet manual\n  qt_protocol raw\n  qt_tun_mode 1 # tun\n")
      let result = try run([Programs.ours, "check", "--interfaces", file])
      #expect(result.status == 2)
      for text in ["\(file):4: iface qt0: qt_tun_mode=1 # tun", "qt_remote_address is missing"] {
        // As it is wrapped.
        #expect(
          result.output.filter { !$0.isWhitespace }.contains(text.filter { !$0.isWhitespace }), "\(result.output)")
      }
      #expect(!result.output.contains("\u{1b}"))
      #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 || !$0.dropFirst(8).contains(" ") })
    }

    @Test("nor does the name of a stranger's device")
    func strangersDevice() throws {
      let result = try lab.a.run(words: ["ip", "tuntap", "add", "dev", "q\u{1b}[31m", "mode", "tun"])
      #expect(result.isSuccess, "\(result)")
      let list = try lab.a.run("\(Programs.ours) device list").output
      #expect(list.contains("q?[31m") && !list.contains("\u{1b}"))
    }

    @Test("a file of a stranger's sends the terminal no escape sequences, through no name and no value")
    func strangersFile() throws {
      let bad = "\u{9b}31m\u{1b}]0;x\u{7}\u{202e}"
      let folder = lab.directory + "/more\(bad)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try "iface a\(bad) inet manual\n  qt_tun_mode \(bad)\n".write(
        toFile: folder + "/b\(bad)", atomically: false, encoding: .utf8)
      let file = try lab.file("interfaces", "source \(folder)/*\nsource /gone\(bad)\n")
      for option in ["--interfaces", "--json --interfaces"] {
        let result = try run("\(Programs.ours) check \(option) \(file)")
        let text = result.output + result.errors
        #expect(result.status == 2 && text.contains("qt_tun_mode"))
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .format }, "\(text)")
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control }, "\(text)")
      }
    }
  }
}
