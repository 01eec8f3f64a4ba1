import BuiltinProtocols
import Check
import Configuration
import Sodium
import Testing

@Suite("What a unit gives besides the file that is checked")
struct UnitDefaultsTests {
  private static let path = "/etc/quicktun/unit-test.conf"
  private static let secret = String(repeating: "0b", count: 32)

  /// A file of --config at `path`, and the unit's key.
  private func source(_ text: String, path: String = path, more: [String] = []) -> SettingsReader.Source {
    let files = [path: text, "/etc/quicktun/unit-test.key": Self.secret]
    return .init(
      arguments: (["--config", path] + more).map { GivenText($0) }, environment: [], protocols: builtinProtocols
    ) { (path, _) throws(FileProblem) in
      guard let text = files[path] else { throw FileProblem("No such file or directory") }
      let bytes = Array(text.utf8)
      return ReadFile(contents: unsafe GuardedMemory(copying: bytes.span.bytes), othersMayRead: true)
    }
  }

  private func defaults(_ source: SettingsReader.Source) -> UnitDefaults? { UnitDefaults(SettingsReader.read(source)) }

  @Test("are taken for a file of /etc/quicktun whose name is a device's, unless another device is asked for")
  func which() {
    #expect(defaults(source("PROTOCOL=raw")) != nil)
    #expect(defaults(source("PROTOCOL=raw", more: ["--interface", "qt1"])) == nil)
    for path in ["/tmp/qt0.conf", "/etc/quicktun/qt0.txt", "/etc/quicktun/a name.conf", "/etc/quicktun/.conf"] {
      #expect(defaults(source("PROTOCOL=raw", path: path)) == nil)
    }
  }

  @Test("are the device, the key, and what the service does not heed")
  func settings() throws {
    let given = source("PROTOCOL=nacl0\nPUBLIC_KEY=\(SecretKey().publicKey)\nINTERFACE=qt3\nSETUID=nobody")
    let unit = try #require(defaults(given))
    let reading = SettingsReader.read(unit.source(like: given))
    #expect(reading.complaints == [] && reading.settings.interface == "unit-test")
    #expect(reading.settings.privateKey != nil)
    let findings = unit.findings(reading.settings, readFile: given.readFile)
    #expect(findings.first?.fact.hasSuffix("INTERFACE=unit-test, key in /etc/quicktun/unit-test.key") == true)
    #expect(findings.dropFirst().map(\.topic) == ["keys", "configuration", "privileges"])
    #expect(findings.exitStatus == 1)
  }

  @Test("are not the key where the file has one")
  func ownKey() throws {
    let given = source("PROTOCOL=nacl0\nPUBLIC_KEY=\(SecretKey().publicKey)\nPRIVATE_KEY=\(Self.secret)")
    let unit = try #require(defaults(given))
    let reading = SettingsReader.read(unit.source(like: given))
    #expect(unit.findings(reading.settings, readFile: given.readFile).map(\.severity) == [.ok])
  }
}
