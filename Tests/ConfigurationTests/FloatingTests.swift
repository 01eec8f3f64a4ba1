import Configuration
import Testing

@Suite("Whose datagrams move a floating peer")
struct FloatingTests {
  private func warning(_ name: String, _ entries: String...) -> String? {
    read(environment: ["PROTOCOL=\(name)"] + keys + entries).warningTexts.first { $0.contains("peer's place") }
  }

  @Test(
    "with raw and nacl0 any stranger's: that is warned of, also where this side waits", arguments: ["raw", "nacl0"])
  func weak(name: String) {
    #expect(warning(name)?.hasPrefix("PROTOCOL=\(name) without REMOTE_ADDRESS") == true)
    #expect(warning(name, "REMOTE_ADDRESS=0.0.0.0")?.contains("without REMOTE_ADDRESS") == true)
    #expect(warning(name, "REMOTE_ADDRESS=192.0.2.1", "REMOTE_FLOAT=1")?.contains("with REMOTE_FLOAT") == true)
    #expect(warning(name, "REMOTE_ADDRESS=192.0.2.1") == nil)
    #expect(warning(name, "REMOTE_ADDRESS=192.0.2.1", "REMOTE_FLOAT=0") == nil)
  }

  @Test("with the others only the peer's", arguments: ["nacltai", "salty"])
  func strong(name: String) { #expect(warning(name) == nil) }
}
