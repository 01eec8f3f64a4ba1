import Configuration
import Testing

/// A name that is not understood must not open a tunnel.
@Suite("Misspelt names do not end as a tunnel in clear")
struct MisspeltNameTests {
  private func file(_ text: String, _ arguments: String...) -> SettingsReader.Reading {
    read(["--config", "f"] + arguments, files: ["f": TestFile(text: text)])
  }

  @Test(
    "in our own format an unknown name is an error, with the nearest known one",
    arguments: [
      ("PROTOCL=salty", "PROTOCOL"), ("PUBLICKEY=x", "PUBLIC_KEY"), ("PRIVATEKEY_FILE=/k", "PRIVATE_KEY_FILE"),
      ("export MTUU=1400", "MTU"),
    ])
  func unknown(line: String, meant: String) {
    let name = line.replacing("export ", with: "").prefix { $0 != "=" }
    let reading = file("TUN_MODE=1\nREMOTE_ADDRESS=192.0.2.1\n\(line)\n")
    #expect(reading.complaintTexts.contains { $0.hasPrefix("f:3: \(name): no such setting\n  Perhaps \(meant) was") })
    #expect(file("PROTOCOL=raw\n\(line)\n").complaints.count == 1, "also where the protocol is named")
    #expect(file("PROTOCOL=raw\nXYZZY=1\n").complaintTexts[0].contains("quicktun --help"))
  }

  @Test("raw has to be asked for by name where settings come from a file", arguments: [[], ["--tun-mode", "1"]])
  func rawFromFile(arguments: [String]) {
    let reading = read(["--config", "f"] + arguments, files: ["f": TestFile(text: "REMOTE_ADDRESS=192.0.2.1\n")])
    #expect(reading.settings.protocolName == nil)
    #expect(reading.complains("PROTOCOL is not given"))
    #expect(reading.complaintTexts[0].contains("A file has to say PROTOCOL=raw"))
    #expect(file("REMOTE_ADDRESS=192.0.2.1\nPROTOCOL=raw\n").complaints == [])
    #expect(file("REMOTE_ADDRESS=192.0.2.1\n", "--protocol", "raw").complaints == [])
    #expect(file("PUBLIC_KEY=\(peerPublic)\nPRIVATE_KEY=\(ownSecret)\n").settings.protocolName == "nacl0")
  }

  @Test(
    "elsewhere an unknown name that may have meant protocol or keys forbids raw by default",
    arguments: [
      "PROTOCL=salty", "PUBLICKEY=x", "PRIVATEKEY_FILE=/k", "PROTOCOL=", "PRIVATE_KEY=", "PRIVATE_KEY_FILE=",
    ])
  func everySource(entry: String) {
    let parts = entry.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    let readings = [
      read(environment: [entry, "TUN_MODE=1"]), read(environment: ["IF_QT_\(entry)", "IF_QT_TUN_MODE=1"]),
      read(["-c", parts[0], parts[1], "-c", "TUN_MODE", "1"]),
      file("#!/bin/sh\nexport \(entry)\nexport TUN_MODE=1\nexec quicktun\n"),
    ]
    for reading in readings {
      #expect(reading.settings.protocolName == nil)
      #expect(reading.complaints.count == 1 && reading.complains("PROTOCOL is not given, and "), "\(reading)")
      #expect(reading.complaintTexts[0].contains("NOTHING IS ENCRYPTED"))
    }
    // Who names raw gets it, with a warning.
    #expect(read(["-c", parts[0], parts[1], "--protocol", "raw"]).complaints == [])
  }

  @Test(
    "names that resemble none, but tell what they are about", arguments: ["CIPHER", "PUBKEY", "SECRET", "PROTO_NAME"])
  func topics(name: String) {
    #expect(read(environment: ["IF_QT_\(name)=x", "IF_QT_TUN_MODE=1"]).complains("PROTOCOL is not given, and IF_QT_"))
    #expect(read(environment: ["IF_QT_COLOUR=x", "IF_QT_TUN_MODE=1"]).settings.protocolName == "raw")
    #expect(read(environment: ["SSH_KEY=x", "TUN_MODE=1"]).settings.protocolName == "raw", "a stranger's")
  }

  @Test("a misspelt PROTOCOL is not nacl0 either; a misspelt something else does not matter")
  func notWeaker() {
    let reading = read(environment: ["IF_QT_PROTOCL=salty"] + keys.map { "IF_QT_\($0)" })
    #expect(reading.complains("PROTOCOL is not given, and IF_QT_PROTOCL is unknown") && reading.complaints.count == 1)
    let other = read(environment: ["IF_QT_PUBLIC_KEYS=x"] + keys.map { "IF_QT_\($0)" })
    #expect(other.settings.protocolName == "nacl0" && other.complaints == [])
  }

  @Test(
    "nor is a tunnel in clear made of one option where protocol and keys stand in the environment, and do not count")
  func ignoredEnvironment() {
    let reading = read(["--tun-mode", "1"], environment: ["PROTOCOL=salty"] + keys)
    #expect(reading.complains("PROTOCOL is not given, and PROTOCOL in the environment is ignored"))
    #expect(read(["--tun-mode", "1"], environment: ["ROLE=1", "HOME=/root"]).settings.protocolName == "raw")
  }

  @Test("what the shell makes of a script's line is not known, so nothing is guessed in its place")
  func shellValue() {
    let reading = file("#!/bin/sh\nexport PROTOCOL=$1\nexport TUN_MODE=1\n")
    #expect(reading.complains("PROTOCOL is not given, and f:2: PROTOCOL is not looked at"))
    #expect(file("#!/bin/sh\nexport TUN_MODE=1\nexport LOCAL_PORT=$2\n").settings.protocolName == "raw", "as before")
  }
}
