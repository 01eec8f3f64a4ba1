import Check
import ProtocolKit
import Testing
import TunnelCore

/// Of a protocol that the program does not have.
@Suite("What check says of any protocol")
struct ProtocolRuleTests {
  private let peer = Endpoint(ipv4: 0xc000_0202, port: 2998)

  private func description(answersUnasked: Bool = false, _ error: ProtocolError = .missingKeys) -> ProtocolDescription {
    ProtocolDescription(
      name: "parcel", summary: "in paper", needsKeys: true, overhead: 8, answersUnasked: answersUnasked
    ) { _ throws(ProtocolError) in throw error }
  }

  @Test("silence is a problem where the protocol answers by itself, else it may be well")
  func silence() {
    let answering = CheckRules.silence(peer, description(answersUnasked: true), seconds: 3)
    #expect(answering.severity == .problem && answering.fact == "192.0.2.2:2998: no answer in 3 s")
    let waiting = CheckRules.silence(peer, description(), seconds: 3)
    #expect(waiting.severity == .warning && waiting.why?.hasPrefix("parcel has no handshake") == true)
  }

  @Test("what it refuses is told in its own words; missing and weak keys are told of elsewhere")
  func refusal() {
    let parameters = ProtocolParameters(start: Moment(monotonicNanoseconds: 0, unixSeconds: 0, unixNanoseconds: 0))
    let error = ProtocolError.refused(what: "no string", why: "STRING=0 ties nothing.", cure: "Set STRING=2.")
    let findings = CheckRules.refusal(of: description(error), parameters)
    #expect(findings.map(\.severity) == [.problem] && findings.map(\.topic) == ["configuration"])
    #expect(findings.first?.fact == "PROTOCOL=parcel: no string" && findings.first?.cure == "Set STRING=2.")
    for error in [ProtocolError.missingKeys, .lowOrderPeerKey] {
      #expect(CheckRules.refusal(of: description(error), parameters).isEmpty)
    }
  }
}
