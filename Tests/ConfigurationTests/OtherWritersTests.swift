import Configuration
import Testing

/// Who can write a file of settings can run a script as root; who can write a key can be the peer.
@Suite("Files that others can change are refused")
struct OtherWritersTests {
  private static let others = [
    OtherWriters(everybody: true), OtherWriters(group: "staff"), OtherWriters(owner: "anna"),
    OtherWriters(owner: "anna", group: "staff", everybody: true),
  ]

  @Test("settings, of which nothing is used then", arguments: others)
  func settings(writers: OtherWriters) {
    let file = TestFile(text: "PROTOCOL=raw\nTUN_UP_SCRIPT=evil\nMTU=1\n", writers: writers)
    let reading = read(["--config", "f"], files: ["f": file])
    #expect(reading.complains("--config f: \(writers.fact)") && reading.settings.tunUpScript == nil)
    #expect(!reading.complaintTexts.joined().contains("MTU"))
    #expect(reading.complaints[0].cure == writers.cure("f"))
  }

  @Test("a key", arguments: others)
  func key(writers: OtherWriters) {
    let reading = read(
      environment: ["PROTOCOL=salty", "PRIVATE_KEY_FILE=k", keys[1]],
      files: ["k": TestFile(text: ownSecret, writers: writers)])
    #expect(reading.complains("PRIVATE_KEY_FILE=k: \(writers.fact)") && reading.complaints.count == 1)
  }

  @Test("the user that the daemon becomes may own his key, and no settings")
  func setuid() {
    let own = OtherWriters(owner: "quicktun")
    let files = [
      "k": TestFile(text: ownSecret, writers: own), "f": TestFile(text: "SETUID=quicktun\nPROTOCOL=raw", writers: own),
    ]
    let more = ["IF_QT_PROTOCOL=salty", "IF_QT_PRIVATE_KEY_FILE=k", "IF_QT_PUBLIC_KEY=\(peerPublic)"]
    #expect(read(environment: ["IF_QT_SETUID=quicktun"] + more, files: files).complaints == [])
    #expect(read(environment: ["IF_QT_SETUID=nobody"] + more, files: files).complaints.count == 1)
    #expect(read(["--config", "f", "--setuid", "quicktun"], files: files).complains("--config f: user quicktun can"))
  }

  @Test("words and cures")
  func words() {
    #expect(Self.others[3].fact == "user anna and group staff and every user can change it")
    #expect(Self.others[3].cure("f") == "chown root f && chmod go-w f")
    #expect(Self.others[0].cure("f") == "chmod go-w f" && Self.others[2].cure("f") == "chown root f")
  }
}
