import Check
import Testing

@Suite("Findings for people and programs")
struct FindingTests {
  @Test("text fits 80 columns, has colours only where asked for; JSON escapes")
  func rendering() {
    let long = Finding(
      "device", .problem, String(repeating: "word ", count: 40), why: "a \"quoted\" \u{7} \\", cure: "ip link")
    let text = [long].text(isColoured: false)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 } && !text.contains("\u{1b}"))
    #expect([long].text(isColoured: true).contains("\u{1b}[31m"))
    #expect([long].json.contains(#""why": "a \"quoted\" ? \\""#))
    var raw = long
    raw.why = "\u{7}"
    #expect([raw].json.contains(#""why": "\u0007""#))
    #expect([Finding]().exitStatus == 0)
  }
}
