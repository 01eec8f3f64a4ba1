import Configuration
import Sodium
import Testing
import TunnelCore

@Suite("Settings come from everywhere in one vocabulary")
struct SourcesTests {
  private let salty = ["-c", "PROTOCOL", "salty", "-c", "PRIVATE_KEY", ownSecret, "-c", "PUBLIC_KEY", peerPublic]

  @Test(
    "every spelling says the same",
    arguments: [
      (["-c", "LOCAL_PORT", "1234"], []), (["--local-port", "1234"], []), (["--local-port=1234"], []),
      (["--LOCAL_PORT", "1234"], []), ([], ["IF_QT_LOCAL_PORT=1234"]), ([], ["IF_QT_LOCAL_PORT= 1234\t"]),
      (["--config", "f"], []), (["--config=f"], []),
    ] as [([String], [String])])
  func spellings(arguments: [String], environment: [String]) {
    let reading = read(
      salty + arguments, environment: environment, files: ["f": TestFile(text: "# comment\r\n LOCAL_PORT = 1234 \r\n")])
    #expect(reading.complaints == [])
    #expect(reading.settings.localPort == 1234)
    #expect(reading.settings.protocolName == "salty")
  }

  @Test("plain environment names count when nothing else is given")
  func plain() {
    let reading = read(environment: ["PROTOCOL=salty", "REMOTE_ADDRESS=192.0.2.1", "TUN_MODE=1", "HOME=/root"] + keys)
    #expect(reading.complaints == [] && reading.warnings == [])
    #expect(reading.settings.remoteAddress == "192.0.2.1" && reading.settings.mode == .tun)
    #expect(reading.settings.privateKey?.publicKey.description == ownPublic)
  }

  @Test("a stray plain name changes nothing once settings come from elsewhere, and that is said")
  func plainIgnored() {
    let reading = read(environment: ["IF_QT_PROTOCOL=raw", "ROLE=1", "DEBUG=1", "TERM=vt100"])
    #expect(reading.settings.ofProtocols.isEmpty && reading.settings.logLevel == .notice)
    #expect(reading.warns("ROLE in the environment: ignored"))
    #expect(reading.warns("DEBUG in the environment: ignored"))
    #expect(!reading.warningTexts.contains { $0.contains("TERM") })
  }

  @Test("the command line wins over ifupdown's environment, that over the file")
  func order() {
    let files = ["f": TestFile(text: "LOCAL_PORT=3\nREMOTE_PORT=3\nINTERFACE=three\n")]
    let reading = read(
      ["--config", "f", "-c", "LOCAL_PORT", "1"], environment: ["IF_QT_LOCAL_PORT=2", "IF_QT_REMOTE_PORT=2"],
      files: files)
    #expect(reading.settings.localPort == 1 && reading.settings.remotePort == 2)
    #expect(reading.settings.interface == "three")
  }

  @Test("of two in one place the first wins, as with quicktun, and the second is told of")
  func firstWins() {
    let reading = read(salty + ["-c", "MTU", "1400", "--mtu", "1300"])
    #expect(reading.settings.mtu == .bytes(1400))
    #expect(reading.warns("--mtu 1300: ignored"))
  }

  @Test("IFACE is the interface in ifupdown's environment, unless it is named")
  func iface() {
    #expect(read(environment: ["IFACE=qt0", "IF_QT_PROTOCOL=raw"]).settings.interface == "qt0")
    #expect(read(environment: ["IFACE=qt0", "PROTOCOL=raw"]).settings.interface == nil)
    #expect(read(environment: ["IFACE=qt0", "IF_QT_INTERFACE=qt1", "IF_QT_PROTOCOL=raw"]).settings.interface == "qt1")
  }

  @Test("unknown names are told of with the nearest known one")
  func unknown() {
    let reading = read(
      ["-c", "PROTOCOLL", "x", "-c", "PROTOCOL", "raw"], environment: ["IF_QT_SUID=me", "IF_QT_XYZZY=1"])
    #expect(reading.complaints == [])
    #expect(reading.warningTexts.contains("-c PROTOCOLL: unknown, ignored\n  Perhaps PROTOCOL was meant."))
    #expect(reading.warningTexts.contains("IF_QT_SUID: unknown, ignored\n  Perhaps SETUID was meant."))
    #expect(reading.warns("IF_QT_XYZZY: unknown"))
    let plain = read(environment: ["PROTOCOL=raw", "SUID=me", "SHELL=/bin/sh", "LANG=C", "HOSTNAME=x"])
    #expect(plain.warnings.map(\.what).contains("SUID: unknown, ignored"))
    #expect(!plain.warningTexts.contains { $0.contains("SHELL") || $0.contains("LANG") || $0.contains("HOSTNAME") })
  }

  @Test("a wrong option is an error that names the nearest, and does not swallow others")
  func unknownOption() {
    let reading = read(["--remote-prot", "7", "--local-port", "8", "stray"])
    #expect(
      reading.complaintTexts.contains(
        "--remote-prot: unknown option\n  Perhaps --remote-port was meant.\n"
          + "  The settings are listed by: quicktun --help"))
    #expect(reading.settings.localPort == 8)
    #expect(reading.complaints.contains { $0.what == "argument 5: unexpected" })
  }

  @Test("missing values and names are told", arguments: [["-c"], ["-c", "MTU"], ["--mtu"], ["--config"]])
  func missing(arguments: [String]) {
    #expect(!read(arguments).complaints.isEmpty)
    #expect(read(arguments).complaintTexts.contains { $0.contains("missing") })
  }

  @Test("switches may stand alone")
  func switches() {
    let reading = read(["--debug", "--remote-float", "--protocol", "raw"])
    #expect(reading.complaints == [])
    #expect(reading.settings.logLevel == .debug && reading.settings.remoteFloat)
  }

  @Test("help and version win over everything", arguments: ["-h", "--help"], ["-v", "--version"])
  func requests(help: String, version: String) {
    #expect(read(["--mtu", "no", help]).request == .help)
    #expect(read([version]).request == .version)
  }

  @Test("files: comments behind values, quotes, and what is no setting")
  func files() {
    let text = """
      PROTOCOL=raw # everybody may see it
      INTERFACE="qt 0" # quoted
      TUN_UP_SCRIPT='ip link set "$INTERFACE" up # now'
      # LOCAL_PORT=1
      export LOCAL_PORT=5

      just words \(ownSecret)
      REMOTE_PROT=5
      """
    let reading = read(["--config", "f"], files: ["f": TestFile(text: text)])
    #expect(reading.settings.protocolName == "raw" && reading.settings.localPort == 5)
    #expect(reading.settings.tunUpScript == "ip link set \"$INTERFACE\" up # now")
    #expect(reading.complains("f:2: INTERFACE=qt 0"))
    #expect(reading.complains("f:7: not a setting"))
    #expect(reading.complains("f:8: REMOTE_PROT: no such setting"))
    #expect(!reading.complaintTexts.joined().contains(ownSecret))
    #expect(read(["--config", "none"]).complains("--config none: No such file or directory"))
  }

  @Test("of a shell script only its settings count")
  func scripts() {
    let text = """
      #!/bin/sh
      HERE=somewhere
      PROTOCOL=raw
      export MTU=1400
      export LOCAL_PORT=$PORT
      export TUN_MOD=1
      exec quicktun
      """
    let reading = read(["--config", "f"], files: ["f": TestFile(text: text)])
    #expect(reading.settings.protocolName == "raw")
    #expect(reading.warns("f:5: LOCAL_PORT: not looked at") && reading.warns("f:6: TUN_MOD: unknown"))
    #expect(reading.complaints.isEmpty)
  }

  @Test("an empty value is none")
  func empty() {
    let reading = read(environment: ["IF_QT_PROTOCOL=raw", "IF_QT_LOCAL_PORT=", "IF_QT_REMOTE_FLOAT="])
    #expect(reading.settings.localPort == 2998)
    #expect(reading.warns("IF_QT_LOCAL_PORT is empty"))
    #expect(reading.settings.remoteFloat, "quicktun takes an empty one as on")
  }

  @Test("the indices of arguments that hold secrets are told, so that they can be wiped")
  func secretArguments() {
    #expect(read(["-c", "PRIVATE_KEY", ownSecret]).secretArguments == [2])
    #expect(read(["--private-key=\(ownSecret)", "--private-key", ownSecret]).secretArguments == [0, 2])
    #expect(read(["-c", "PRIVATE_KEY", "damaged"]).secretArguments == [2])
  }
}
