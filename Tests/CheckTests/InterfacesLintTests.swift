import BuiltinProtocols
import Configuration
@testable import Check
import Diagnosis
import Sodium
import Testing

@Suite("Stanzas in ifupdown's format")
struct InterfacesLintTests {
  private static let secret = String(repeating: "1f", count: 32)
  private static let peer = "489cb02cd1412da4c4ef6c1d9f8a3f7f2b1c5d6e7f8091a2b3c4d5e6f7081920"
  private static let good = """
    iface qt0 inet static
      address 10.9.0.1/24
      qt_protocol salty
      qt_tun_mode 1
      qt_remote_address 192.0.2.2
      qt_private_key \(secret)
      qt_public_key \(peer)
    """

  private func lint(
    _ files: [String: String], readable: Bool = false, writers: OtherWriters = OtherWriters()
  ) -> [Finding] {
    let lint = InterfacesLint(
      protocols: builtinProtocols,
      readFile: { (path, limit) throws(FileProblem) in
        var plain = path.replacing("/d/../", with: "/")
        while plain.contains("/./") { plain = plain.replacing("/./", with: "/") }
        guard let text = files[plain] else { throw FileProblem("No such file or directory") }
        let bytes = Array(text.utf8)
        guard bytes.count <= limit else { throw FileProblem("longer than \(limit) bytes") }
        return ReadFile(
          contents: GuardedMemory(copying: bytes.span.bytes), othersMayRead: readable, writers: writers)
      },
      names: { directory in
        files.keys.filter { $0.hasPrefix(directory + "/") }.map { String($0.dropFirst(directory.count + 1)) }
          .filter { !$0.contains("/") }
      })
    return lint.findings("/i")
  }

  private func lint(_ text: String, readable: Bool = false) -> [Finding] { lint(["/i": text], readable: readable) }

  @Test("a good stanza; other stanzas are nobody's business")
  func good() {
    #expect(lint(Self.good) == [Finding("interfaces", .ok, "/i:1: iface qt0")])
    #expect(lint(Self.good + "\niface eth0 inet dhcp\n  whatever 1\n").map(\.severity) == [.ok])
    #expect(lint("iface eth0 inet dhcp\n").map(\.severity) == [.warning])
    #expect(lint([:]).map(\.severity) == [.problem])
  }

  @Test(
    "each fault with its line",
    arguments: [
      ("qt_tun_mode 1", "qt_tun_mode 1 # routed", "/i:4: iface qt0: qt_tun_mode=1 # routed: a comment", "problem"),
      ("qt_tun_mode 1", "qt_tun_mod 1", "qt_tun_mod", "warning"),
      ("qt_remote_address 192.0.2.2", "qt_local_address 192.0.2.1", "qt_remote_address is missing", "warning"),
      ("qt_protocol salty", "qt_protocol slaty", "/i:3: iface qt0: qt_protocol=slaty: no such protocol", "problem"),
      ("qt_protocol salty", "qt_protocol nacl0", "nacl0", "warning"),
      ("qt_protocol salty", "qt_debug 1", "nacl0, because there is a key", "warning"),
      ("qt_tun_mode 1", "qt_tun_mode 1\n  qt_remote_float 0", "/i:5: iface qt0: qt_remote_float=0", "warning"),
      ("qt_public_key \(peer)", "qt_public_key abc", "/i:7: iface qt0: qt_public_key", "problem"),
      (
        "qt_tun_mode 1", "qt_tun_mode 1\n  bridge_ports qt0", "/i:5: iface qt0: bridge_ports with qt_tun_mode 1",
        "problem"
      ),
      ("qt_tun_mode 1", "pointopoint 10.9.0.2", "/i:4: iface qt0: pointopoint on a tap device", "warning"),
    ])
  func faults(part: String, instead: String, fact: String, severity: String) {
    let findings = lint(Self.good.replacing(part, with: instead))
    #expect(findings.contains { $0.fact.contains(fact) && $0.severity.rawValue == severity }, "\(findings)")
    #expect(!findings.contains { "\($0)".contains(Self.secret) })
  }

  @Test("an IPv6 address on a tap device, for which ifup would wait in vain")
  func duplicates() {
    let tap = Self.good.replacing("inet static", with: "inet6 static").replacing("qt_tun_mode 1", with: "qt_tun_mode 0")
    #expect(lint(tap).map(\.fact) == ["/i:1: iface qt0: inet6 static on a tap device without dad-attempts 0"])
    #expect(lint(tap).map(\.severity) == [.problem])
    #expect(lint(tap + "\n  dad-attempts 0").map(\.severity) == [.ok])
    #expect(lint(tap + "\n  dad-attempts 9").map(\.severity) == [.problem])
    for fine in [
      tap.replacing("qt_tun_mode 0", with: "qt_tun_mode 1"), tap.replacing("inet6 static", with: "inet6 manual"),
      tap.replacing("inet6", with: "inet"),
    ] { #expect(lint(fine).map(\.severity) == [.ok]) }
  }

  @Test("a bridge of the tunnel's is no uplink, for all that it comes later")
  func bridge() {
    let bridged = "auto qt0\n\(Self.good)\nauto br0\niface br0 inet manual\n  bridge_ports eth1 qt0\n"
    #expect(lint(bridged).map(\.severity) == [.ok])
    #expect(lint(bridged.replacing("eth1 qt0", with: "eth1 eth2")).map(\.severity) == [.warning])
  }

  @Test("a file with a private key that others may read")
  func permissions() {
    #expect(lint(Self.good, readable: true).map(\.fact) == ["/i:6: every user can read the private key"])
  }

  @Test("an auto line before its uplink's")
  func order() {
    #expect(lint("auto qt0 eth0\n" + Self.good).first?.fact == "/i:1: auto qt0 comes before its uplink")
    #expect(lint("auto lo eth0\nauto qt0\n" + Self.good).map(\.severity) == [.ok])
  }

  @Test("source, with wildcards, and source-directory; continued lines and comments")
  func sources() {
    let files = [
      "/i": "source i.d/*.cfg\nsource-directory /more\n# iface no\n", "/i.d/a.cfg": Self.good,
      "/i.d/b.txt": "iface b\n qt_x 1",
      "/more/qt9": Self.good.replacing("qt0", with: "qt9").replacing("qt_tun_mode 1", with: "qt_tun_mode \\\n 2"),
      "/more/qt9.bak": "iface c\n qt_x 1",
    ]
    let findings = lint(files)
    #expect(findings.count == 2, "\(findings)")
    #expect(findings[0] == Finding("interfaces", .ok, "/i.d/a.cfg:1: iface qt0"))
    #expect(findings[1].fact.hasPrefix("/more/qt9:4: iface qt9: qt_tun_mode=2: not accepted"))
    // A file that names itself does not do so for ever.
    #expect(!lint(["/i": "source /i\n" + Self.good]).isEmpty)
  }

  // MARK: Files of strangers

  @Test("a file that others can change, since ifup runs what stands in it as root")
  func writers() {
    let findings = lint(["/i": Self.good], writers: OtherWriters(everybody: true))
    #expect(findings.map(\.severity) == [.warning, .ok] && findings[0].cure == "chmod go-w /i")
  }

  @Test("no name in it is obeyed by a terminal, or shown if it could be a key")
  func controls() {
    let bad = "\u{9b}31m\u{1b}[2J\u{202e}"
    let text =
      "iface qt\(bad)0 inet static\n  qt_protocol a\(bad)\n  qt_\(bad) 1\n  qt_private_key_file \(Self.secret)\n"
    let findings = lint([
      "/i": "source x/*\nsource /gone\(bad)\niface \(Self.secret) inet manual\n  qt_protocol raw\n", "/x/\(bad)": text,
    ])
    #expect(findings.contains { $0.fact.contains("(64 characters that could be a key)") })
    for shown in [findings.text(isColoured: false), findings.json] {
      #expect(!shown.unicodeScalars.contains { (0x7f...0x9f).contains($0.value) || $0 == "\u{1b}" || $0 == "\u{202e}" })
      #expect(!shown.contains(Self.secret.prefix(16)))
    }
  }

  @Test(
    "wildcards",
    arguments: [("a*b*c", "aXbYbc"), ("*", ""), ("**", "x"), ("?", "x"), ("a?c", "abc"), ("*.cfg", "a.cfg")])
  func wildcards(pattern: String, name: String) {
    #expect(NamePattern(pattern[...]).matches(name))
    #expect(!NamePattern(pattern[...] + "z").matches(name))
  }

  @Test("many stars cost no more than one: trying all ways would take longer than there is", .timeLimit(.minutes(1)))
  func manyStars() {
    let name = String(repeating: "a", count: 200)
    #expect(!NamePattern(Substring(String(repeating: "a*", count: 90) + "b")).matches(name))
    #expect(NamePattern(Substring(String(repeating: "*a", count: 90) + "*")).matches(name))
    #expect(!NamePattern(Substring(String(repeating: "*a", count: 500_000))).matches(name))
  }

  @Test("files that name each other are looked at once each, and not endlessly many", .timeLimit(.minutes(1)))
  func multiplyingFiles() {
    // Each names all: read as often as named, 200 files would be 200 to the 16th.
    var files = ["/i": "source d/*\n" + Self.good]
    for number in 0..<200 { files["/d/\(number)"] = "source *\nsource ../i\nsource-directory .\n" }
    let findings = lint(files)
    #expect(findings.count { $0.severity == .ok } == 2, "once as /i, once as /d/../i: \(findings.map(\.fact))")
    // Names that differ for one file.
    let spiral = lint(["/i": "source /i\nsource ./i\nsource ././i\n" + Self.good])
    #expect(spiral.contains { $0.fact.hasPrefix("files name files more than 16 deep") })
    #expect(spiral.count { $0.severity == .ok } < 100)
    var many = ["/i": "source d/*\n" + Self.good]
    for number in 0..<1500 { many["/d/\(number)"] = "# nothing\n" }
    #expect(lint(many).contains { $0.fact == "more than 1000 files: the others are not looked at" })
  }

  @Test("what is longer than a host can need is not looked at, and that is said", .timeLimit(.minutes(1)))
  func bounds() {
    func facts(_ text: String) -> [String] { lint(text).map(\.fact) }
    let long = [
      "/i": "source d/*\n" + Self.good, "/d/1": String(repeating: "#\n", count: 500_000), "/d/2": "iface x\n",
    ]
    #expect(lint(long).count == 1, "together they are under a megabyte")
    let longer = long.merging(["/d/2": String(repeating: "#\n", count: 500_000)]) { $1 }
    #expect(lint(longer).contains { $0.fact.hasPrefix("/d/2: longer than ") && $0.severity == .problem })
    // One line of half a million parts; it took minutes when each made a new copy of all before.
    #expect(facts(Self.good + "\n" + String(repeating: "a\\\n", count: 300_000)) == ["/i:1: iface qt0"])
    let tunnels = (0..<1200).map { "iface q\($0) inet manual\n qt_x \($0)\n" }.joined()
    #expect(facts(tunnels).last == "more than 1000 tunnels: the others are not looked at")
    // Each is kept in guarded memory, of which a process can have some ten thousand pieces.
    let lines = Self.good + "\n" + (0..<40_000).map { "qt_x\($0) 1\n" }.joined()
    #expect(facts(lines).contains("/i:1: iface qt0: more than 100 qt_ lines: not looked at"))
    let autos = "auto " + (0..<50_000).map { "e\($0) " }.joined() + "\n" + tunnels
    #expect(facts(autos).count > 1000)
  }
}
