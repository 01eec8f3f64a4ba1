import Check
import LinuxSystem
import Testing

@Suite("What passes the device of a tunnel that runs")
struct TrafficRulesTests {
  @Test("beside a tunnel that runs: what comes in is the peer's")
  func traffic() {
    func judge(received: UInt64, sent: UInt64, before: UInt64 = 0, drops: UInt64 = 0) -> [Finding] {
      CheckRules.traffic(
        .init(traffic: .init(received: before, sent: 0), drops: 5),
        .init(traffic: .init(received: before + received, sent: sent), drops: 5 + drops), seconds: 3, peer: "peer",
        .init(unit: "quicktun@qt0.service"))
    }
    #expect(judge(received: 1, sent: 0).map(\.severity) == [.ok])
    #expect(judge(received: 0, sent: 4).map(\.severity) == [.warning])
    #expect(judge(received: 0, sent: 4).first?.cure?.contains("journalctl -u quicktun@qt0.service") == true)
    #expect(judge(received: 0, sent: 0, before: 9).map(\.severity) == [.warning])
    #expect(judge(received: 1, sent: 1, drops: 2).map(\.severity) == [.ok, .warning])
  }
}
