import BuiltinProtocols
import Configuration
import Testing

@Suite("Values are checked, each in its own words")
struct ValuesTests {
  @Test(
    "what is not accepted is quoted as the user wrote it",
    arguments: [
      ("LOCAL_PORT", "70000"), ("LOCAL_PORT", "-1"), ("LOCAL_PORT", "0x50"), ("LOCAL_PORT", "80 "),
      ("LOCAL_PORT", "+80"),
      ("LOCAL_PORT", "9999999999999999999999"), ("REMOTE_PORT", "0"), ("REMOTE_PORT", "https"), ("TUN_MODE", "2"),
      ("TUN_MODE", "tun"), ("USE_PI", "3"), ("ROLE", "yes"), ("TIME_WINDOW", "-5"), ("TIME_WINDOW", "1h"),
      ("MTU", "67"), ("MTU", "65536"), ("MTU", "big"), ("REPLAY_WINDOW", "4"), ("REPLAY_WINDOW", "65537"),
      ("LOG_LEVEL", "loud"), ("OFFLOAD", "maybe"), ("INTERFACE", "sixteen-letters-"), ("INTERFACE", "a/b"),
      ("INTERFACE", "a b"), ("INTERFACE", ".."), ("INTERFACE", "a:1"), ("INTERFACE", "/dev/tun0"),
      ("PUBLIC_KEY", "12"), ("PUBLIC_KEY", String(repeating: "g", count: 64)),
      ("PUBLIC_KEY", String(repeating: "0", count: 64)), ("LOCAL_ADDRESS", "a b"), ("SETUID", "no body"),
    ])
  func refused(name: String, value: String) {
    let reading = read(environment: ["IF_QT_PROTOCOL=raw", "IF_QT_\(name)=\(value)"])
    let trimmed = value.trimmingSuffix()
    guard value != "80 " else {
      #expect(reading.complaints == [], "blanks at the ends are trimmed")
      return
    }
    #expect(reading.complains("IF_QT_\(name)=\(redacted(trimmed)): not accepted"), "\(reading.complaintTexts)")
    #expect(reading.complaints.count == 1)
    #expect(reading.complaintTexts[0].contains("Accepted: "))
  }

  @Test(
    "what is accepted",
    arguments: [
      ("LOCAL_PORT", "0"), ("LOCAL_PORT", "65535"), ("REMOTE_PORT", "1"), ("TIME_WINDOW", "0"), ("MTU", "AUTO"),
      ("MTU", "68"), ("REPLAY_WINDOW", "5"), ("REPLAY_WINDOW", "65536"), ("INTERFACE", "fifteen-letters"),
      ("INTERFACE", "tun%d"), ("LOG_LEVEL", "Trace"), ("TUN_UP_SCRIPT", "true # really"), ("NO_PRECREATE", "1"),
      ("LOCAL_ADDRESS", "fe80::1%eth0"),
    ])
  func accepted(name: String, value: String) {
    #expect(read(environment: ["IF_QT_PROTOCOL=raw", "IF_QT_\(name)=\(value)"]).complaints == [])
  }

  @Test("a comment that became part of a value is called just that, in every setting but a command")
  func comments() {
    for setting in Setting.all where setting.name != "TUN_UP_SCRIPT" {
      let reading = read(environment: ["IF_QT_\(setting.name)=1 # one"])
      #expect(reading.complaintTexts.contains { $0.contains("a comment became part of the value") }, "\(setting.name)")
    }
    let tun = read(environment: ["IF_QT_PROTOCOL=raw", "IF_QT_TUN_MODE=1\t# IP"])
    #expect(tun.complaintTexts[0].contains("before qt_tun_mode"))
  }

  @Test("everything wrong is told at once")
  func allComplaints() {
    let reading = read(environment: ["IF_QT_PROTOCOL=slaty", "IF_QT_MTU=1", "IF_QT_ROLE=9", "IF_QT_PUBLIC_KEY=zz"])
    #expect(reading.complaints.count == 4)
    #expect(reading.complaintTexts.contains { $0.contains("Perhaps salty was meant.") })
  }

  @Test("REMOTE_FLOAT: any value means on, as with quicktun, but the four that plainly mean off, which is said")
  func float() {
    for value in ["1", "yes", "maybe", "00"] {
      #expect(read(environment: ["IF_QT_PROTOCOL=raw", "IF_QT_REMOTE_FLOAT=\(value)"]).settings.remoteFloat)
    }
    for value in ["0", "no", "False", "OFF"] {
      let reading = read(environment: ["IF_QT_PROTOCOL=raw", "IF_QT_REMOTE_FLOAT=\(value)"])
      #expect(
        !reading.settings.remoteFloat && reading.warns("IF_QT_REMOTE_FLOAT=\(value): the peer's address is fixed"))
    }
  }

  @Test("no control characters and no endless values in messages")
  func printable() {
    let reading = read(environment: ["IF_QT_MTU=\u{1b}[31m" + String(repeating: "9", count: 1000)])
    let text = reading.complaintTexts.joined()
    #expect(!text.contains("\u{1b}") && text.utf8.count < 1000)
    let key = "/k\u{1b}"
    let file = read(
      environment: ["IF_QT_PRIVATE_KEY_FILE=\(key)"], files: [key: TestFile(text: "", othersMayRead: true)])
    #expect(file.warnings.contains { $0.cure?.hasPrefix("chmod") == true })
    #expect(!(file.warningTexts + file.complaintTexts).joined().contains("\u{1b}"))
  }

  @Test("the table: every name once, every option readable, help within 80 columns")
  func table() {
    #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    let lines = Help.settings(SettingsTable(builtinProtocols)).split(separator: "\n")
    for setting in Setting.all { #expect(lines.contains { $0.contains("\(setting.option) ") }) }
    #expect(lines.allSatisfy { $0.count <= 80 })
  }
}

extension String {
  fileprivate func trimmingSuffix() -> String { String(reversed().drop { $0 == " " }.reversed()) }
}
