import Configuration
import Foundation
import Testing

/// README.md tells of the settings what the program knows of them.
@Suite("README")
struct Readme {
  @Test("its table of settings is the program's", arguments: Setting.all.map(\.name))
  func settings(name: String) throws {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: repository.appendingPathComponent("README.md"), encoding: .utf8)
    let setting = try #require(Setting.all.first { $0.name == name })
    let row = "| `\(name)` | \(setting.accepted) | \(setting.fallback) | \(setting.summary) |"
      .replacing("|off", with: "\\|off")
    #expect(text.split(separator: "\n").contains(Substring(row)), "\(row)")
  }
}
