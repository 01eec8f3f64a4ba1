import Configuration
import Sodium
import Testing

/// A key in the wrong place is as secret as one in the right place.
@Suite("What could be a key is never shown")
struct PossibleKeyTests {
  /// Ways to get a key wrong.
  static let spoilt: [String] = [
    ownSecret, ownSecret.uppercased(), String(ownSecret.dropLast()), String(ownSecret.dropFirst(9)), ownSecret + "0",
    ownSecret + ownPublic, "0x" + ownSecret, ownSecret.replacing("e", with: "x", maxReplacements: 1),
    String(ownSecret.prefix(20)) + "O" + String(ownSecret.dropFirst(20)),
    // As od, xxd and ssh-keygen group their digits; the last with a letter that is none.
    grouped(ownSecret, by: 2, ":"), grouped(ownSecret, by: 4, " "), grouped(ownSecret, by: 8, "-"),
    grouped(ownSecret.replacing("9", with: "g", maxReplacements: 1), by: 2, "  "),
  ]

  private static func grouped(_ text: String, by size: Int, _ separator: String) -> String {
    var groups: [String] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      groups.append(String(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return groups.joined(separator: separator)
  }

  /// Whether `text` has 8 digits in a row of the secret's, whatever stands between them.
  private func tells(_ text: String) -> Bool {
    let shown = text.lowercased().filter(\.isHexDigit)
    return (0...ownSecret.count - 8).contains { shown.contains(ownSecret.dropFirst($0).prefix(8)) }
  }

  @Test(
    "a key, or nearly one, behind whatever setting, in whatever spelling", arguments: Setting.all.map(\.name), spoilt)
  func everySetting(name: String, value: String) {
    let option = "--" + name.lowercased().replacing("_", with: "-")
    let more = ["PROTOCOL=salty", "PRIVATE_KEY=\(ownSecret)"]
    let readings = [
      read(["-c", name, value]), read([option, value]), read(["\(option)=\(value)"]),
      read(environment: ["IF_QT_\(name)=\(value)"]), read(environment: ["\(name)=\(value)"] + more),
      read(["--config", "f"], files: ["f": TestFile(text: "\(name)=\(value)\n\(more.joined(separator: "\n"))\n")]),
      read(["--config", "f"], files: ["f": TestFile(text: "\(name)=\"\(value)\"\n\(name)=\(value)\n")]),
    ]
    for reading in readings {
      #expect(!(reading.complaintTexts + reading.warningTexts).contains(where: tells), "\(reading)")
    }
  }

  @Test("a key where a name, an option, a file or a line belongs", arguments: spoilt)
  func elsewhere(value: String) {
    let readings = [
      read(["-c", value, "1"]), read(["-c", "PRIVATE_KEY=\(value)", "1"]), read(["--" + value]), read([value]),
      read(["--private-key" + value]), read(["--config", value]), read(["--config", "f", "--config", value]),
      read(environment: ["IF_QT_\(value)=1"]), read(environment: ["\(value)=1"]),
      read(["--config", "f"], files: ["f": TestFile(text: "\(value)\n\(value)=1\nPRIVATE_KEI=\(value)\n")]),
      read(["--config", value], files: [value: TestFile(text: "MTU=1\nX\n", othersMayRead: true)]),
    ]
    for reading in readings {
      #expect(!(reading.complaintTexts + reading.warningTexts).contains(where: tells), "\(reading)")
    }
  }

  @Test("it says how much is left out")
  func replacement() {
    #expect(
      read(environment: ["IF_QT_PROTOCOL=raw", "IF_QT_PRIVATE_KEY_FILE=\(ownSecret)"]).complains(
        "IF_QT_PRIVATE_KEY_FILE=(64 characters that could be a key): No such file"))
  }

  @Test("base64, as of WireGuard's keys, also in a path")
  func base64() {
    // Keys of `wg genkey`.
    for key in [
      "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=", "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=",
      "WOCaX2k8/XWJbgYQpqXkO1pSh7v2lyTQwIdTtFG1zlg=",
    ] {
      #expect(redacted("--config \(key)") == "--config (44 characters that could be a key)")
      #expect(redacted("X=\(key.dropLast())") == "X=(43 characters that could be a key)")
    }
    #expect(
      redacted("/etc/keys/xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=")
        == "/etc/keys/(44 characters that could be a key)")
  }

  @Test(
    "what is no key is shown as it is",
    arguments: [
      "2001:0db8:0000:0000:0000:0000:0000:0001: not accepted", "[fe80::1%eth0]:2998", "de:ad:be:ef:00:01",
      "/var/lib/6f1c2a34-91ab-4c5d-8e6f-001122334455/tunnel.conf", "/etc/quicktun/a-bad-face-added-to-a-cafe.key",
      "/home/Anna/MyTunnels/Home2Office/Configuration/of/QuickTun", "192.168.100.101, 192.168.100.102, 192.168.100.103",
      "the peer needs PUBLIC_KEY", "2026-11-21 09:00:00.123456", "999999999999999",
      "--private-key-file /etc/network/quicktun-tunnels/tunnel-number-0001.key",
    ])
  func harmless(text: String) { #expect(redacted(text) == text) }

  @Test("a public key is shown where the program means to, and only that one")
  func meant() throws {
    let key = try PublicKey(hex: ownPublic)
    #expect(Complaint("needs \(key); not \(ownSecret)", showing: key).what.hasPrefix("needs \(ownPublic); not (64"))
    #expect(redacted("PUBLIC_KEY=\(ownPublic)") == "PUBLIC_KEY=(64 characters that could be a key)")
    #expect(redacted("this side's public key \(ownPublic), peer \(ownSecret)", keys: [key]).contains(ownPublic))
  }

  @Test(
    "your own secret where the peer's key belongs is refused with raw too, and the pair's lines in the wrong places")
  func swapped() {
    let raw = read(environment: ["PROTOCOL=raw", keys[0], "PUBLIC_KEY=\(ownSecret)"])
    #expect(raw.complains("PUBLIC_KEY: this is your own PRIVATE key") && raw.settings.peerKey == nil)
    let swapped = read(environment: ["PROTOCOL=salty", "PRIVATE_KEY=\(ownPublic)", "PUBLIC_KEY=\(ownSecret)"])
    #expect(swapped.complains("PUBLIC_KEY: this is the PRIVATE key of the pair") && swapped.settings.peerKey == nil)
  }

  @Test("no character that a terminal obeys, or that turns a text around, is in a message")
  func controls() {
    for bad in ["\u{1b}", "\u{7f}", "\u{80}", "\u{9b}", "\u{9f}", "\u{2028}", "\u{2029}", "\u{202e}", "\u{2066}", "\r"]
    {
      #expect(redacted("a\(bad)b") == "a?b")
      let reading = read(environment: ["IF_QT_PROTOCOL=a\(bad)31mb"])
      #expect(reading.complaintTexts[0].contains("IF_QT_PROTOCOL=a?31mb"))
    }
    #expect(redacted("größer, 更大, 👍") == "größer, 更大, 👍")
  }
}
