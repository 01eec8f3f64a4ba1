import Configuration
import Sodium
import Testing

@Suite("Settings are judged together")
struct SettingsValidationTests {
  private func plain(_ entries: String...) -> SettingsReader.Reading { read(environment: entries) }

  @Test("nothing at all is refused with a way on")
  func nothing() {
    #expect(
      read().complaintTexts == [
        "PROTOCOL is not given\n  There are: raw, nacl0, nacltai, salty.\n  The settings are listed by: quicktun --help"
      ])
  }

  @Test("without PROTOCOL a key means nacl0, an address or a mode means raw, both said loudly")
  func fallbacks() {
    let keyed = read(environment: keys)
    #expect(keyed.settings.protocolName == "nacl0" && keyed.warns("PROTOCOL is not given: nacl0"))
    let file = read(
      environment: ["PRIVATE_KEY_FILE=k", "PUBLIC_KEY=\(peerPublic)"], files: ["k": TestFile(text: ownSecret)])
    #expect(file.settings.protocolName == "nacl0", "the original runs in clear here")
    for entry in ["TUN_MODE=1", "REMOTE_ADDRESS=192.0.2.1", "LOCAL_ADDRESS=192.0.2.1"] {
      let reading = plain(entry)
      #expect(reading.complaints == [] && reading.settings.protocolName == "raw")
      #expect(reading.warningTexts.joined().contains("NOTHING IS ENCRYPTED"))
    }
  }

  @Test("missing keys are named", arguments: ["nacl0", "nacltai", "salty"])
  func missingKeys(name: String) {
    let both = plain("PROTOCOL=\(name)")
    #expect(both.complains("PROTOCOL=\(name) needs PRIVATE_KEY or PRIVATE_KEY_FILE and PUBLIC_KEY"))
    #expect(plain("PROTOCOL=\(name)", keys[0]).complains("PROTOCOL=\(name) needs PUBLIC_KEY"))
    #expect(plain("PROTOCOL=\(name)", keys[1]).complains("PROTOCOL=\(name) needs PRIVATE_KEY or PRIVATE_KEY_FILE"))
    #expect(read(environment: ["PROTOCOL=\(name)"] + keys).complaints == [])
  }

  @Test("a service manager's credential is the key where none is given; blank is none")
  func credential() {
    func reading(_ text: String, _ more: String...) -> SettingsReader.Reading {
      read(
        environment: ["CREDENTIALS_DIRECTORY=/c", "PROTOCOL=salty", keys[1]] + more,
        files: ["/c/private-key": TestFile(text: text)])
    }
    let good = reading(ownSecret + "\n")
    #expect(good.complaints == [] && good.settings.privateKey?.publicKey.description == ownPublic)
    #expect(reading("\n").complains("PROTOCOL=salty needs PRIVATE_KEY"))
    let alone = read(
      environment: ["CREDENTIALS_DIRECTORY=/c", "TUN_MODE=1"], files: ["/c/private-key": TestFile(text: ownSecret)])
    #expect(alone.settings.protocolName == "nacl0", "with a key it is never raw")
    #expect(reading("abc").complains("the credential private-key: it has 3 bytes"))
    let other = String(ownSecret.reversed())
    let given = reading(other, keys[0])
    #expect(given.complaints == [] && given.settings.privateKey?.publicKey.description == ownPublic)
    #expect(reading("\n", "PRIVATE_KEY_FILE=/k").complaintTexts.joined().contains("Leave PRIVATE_KEY_FILE out"))
  }

  @Test("a private key that is damaged is told of without being shown")
  func damagedSecret() {
    for bad in [String(ownSecret.dropLast()), ownSecret.replacing("b", with: "x"), ownSecret + " # mine"] {
      let reading = plain("PROTOCOL=salty", "PRIVATE_KEY=\(bad)", keys[1])
      #expect(reading.complaints.count == 1)
      #expect(!reading.complaintTexts.joined().contains(bad.prefix(10)) && reading.complains("PRIVATE_KEY"))
    }
  }

  @Test("key files: 32 bytes, or 64 digits with or without a newline and more lines")
  func keyFiles() {
    let binary = String(decoding: (0..<32).map { UInt8($0 + 1) }, as: UTF8.self)
    for text in [ownSecret, ownSecret + "\n", ownSecret + "\r\n", ownSecret + "\nmore\n", binary] {
      let reading = read(
        environment: ["PROTOCOL=salty", "PRIVATE_KEY_FILE=k", keys[1]], files: ["k": TestFile(text: text)])
      #expect(reading.complaints == [] && reading.settings.privateKey != nil)
    }
    for (text, word) in [("", "0"), ("12\n", "2 characters"), (ownSecret + "ff", "66"), ("SECRET: " + ownSecret, "72")]
    {
      let reading = read(
        environment: ["PROTOCOL=salty", "PRIVATE_KEY_FILE=k", keys[1]], files: ["k": TestFile(text: text)])
      #expect(reading.complains("PRIVATE_KEY_FILE=k: ") && reading.complaintTexts[0].contains(word))
      #expect(!reading.complaintTexts.joined().contains(ownSecret.prefix(10)))
    }
    #expect(
      plain("PROTOCOL=salty", "PRIVATE_KEY_FILE=/none", keys[1]).complains("PRIVATE_KEY_FILE=/none: No such file"))
  }

  @Test("PRIVATE_KEY wins over the file, which is not even read")
  func keyWins() {
    let reading = read(environment: ["PROTOCOL=salty", "PRIVATE_KEY_FILE=/none"] + keys)
    #expect(reading.complaints == [] && reading.settings.privateKey?.publicKey.description == ownPublic)
    #expect(reading.warns("PRIVATE_KEY_FILE=/none: not read"))
  }

  @Test("secrets that others can see are told of")
  func visibleSecrets() {
    #expect(read(["-c", "PROTOCOL", "salty", "-c", "PRIVATE_KEY", ownSecret]).warns("-c PRIVATE_KEY: everybody"))
    #expect(!read(environment: ["IF_QT_PROTOCOL=salty", "IF_QT_PRIVATE_KEY=\(ownSecret)"]).warns("IF_QT_PRIVATE_KEY"))
    let open = TestFile(text: ownSecret, othersMayRead: true)
    #expect(
      read(environment: ["PROTOCOL=salty", "PRIVATE_KEY_FILE=k"], files: ["k": open]).warns(
        "PRIVATE_KEY_FILE=k: every user"))
    let config = TestFile(text: "PRIVATE_KEY=\(ownSecret)", othersMayRead: true)
    #expect(read(["--config", "f"], files: ["f": config]).warns("f holds a private key and every user can read it"))
  }

  @Test("your own key where the peer's belongs is told of, your own secret there is refused")
  func ownKeyAsPeer() {
    #expect(
      plain("PROTOCOL=salty", keys[0], "PUBLIC_KEY=\(ownPublic)").warns("PUBLIC_KEY=(64 characters"))
    let secret = plain("PROTOCOL=salty", keys[0], "PUBLIC_KEY=\(ownSecret)")
    #expect(secret.complains("PUBLIC_KEY: this is your own PRIVATE key"))
    #expect(!secret.complaintTexts.joined().contains(ownSecret))
  }

  @Test("weak choices and settings without effect are told of, good ones are not")
  func oddities() {
    #expect(plain("PROTOCOL=raw").warns("PROTOCOL=raw: nothing is encrypted"))
    #expect(read(environment: ["PROTOCOL=nacl0"] + keys).warns("PROTOCOL=nacl0"))
    #expect(read(environment: ["PROTOCOL=nacltai"] + keys).warns("TIME_WINDOW is not given"))
    #expect(read(environment: ["PROTOCOL=nacltai", "TIME_WINDOW=60"] + keys).warnings == [])
    #expect(read(environment: ["PROTOCOL=salty"] + keys).warnings == [])
    #expect(read(environment: ["PROTOCOL=salty", "ROLE=1"] + keys).warns("ROLE=1: no effect"))
    #expect(plain("PROTOCOL=raw", "USE_PI=1").warns("USE_PI=1: no effect"))
    #expect(!plain("PROTOCOL=raw", "USE_PI=1", "TUN_MODE=1").warns("USE_PI"))
  }
}
