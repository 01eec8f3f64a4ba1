import Testing
import TunnelCore

@testable import TunnelDaemon

@Suite("Taking turns")
struct TurnTakingTests {
  /// Runs once with sources that have so many batches each, and tells whose turn it was: "io" is one each.
  private func turns(_ turns: inout TurnTaking, inbound: Int, outbound: [Progress]) -> String {
    var (left, answers, order) = (inbound, outbound[...], "")
    turns.inboundIsReady = inbound > 0
    turns.outboundIsReady = !outbound.isEmpty
    turns.run(
      inbound: {
        order += "i"
        left -= 1
        return left > 0 ? .more : .idle
      },
      outbound: {
        order += "o"
        return answers.popFirst() ?? .idle
      })
    return order
  }

  @Test("both directions take turns, a batch each; who has nothing is not asked")
  func alternating() {
    var state = TurnTaking()
    #expect(turns(&state, inbound: 3, outbound: [.more, .more, .idle]) == "ioioio")
    #expect(turns(&state, inbound: 4, outbound: [.idle]) == "ioiii")
    #expect(turns(&state, inbound: 0, outbound: [.more, .idle]) == "oo")
    #expect(turns(&state, inbound: 0, outbound: []) == "")
  }

  @Test("an endless stream does not keep signals and timers waiting, nor the other direction")
  func bounded() {
    var state = TurnTaking()
    let order = turns(&state, inbound: .max, outbound: [Progress](repeating: .more, count: 1000))
    #expect(order == String(repeating: "io", count: TurnTaking.mostRounds))
    #expect(!state.inboundIsReady && !state.outboundIsReady, "epoll tells again")
  }

  @Test("when the transport is full the device waits, and the network does not")
  func blocked() {
    var state = TurnTaking()
    #expect(turns(&state, inbound: 3, outbound: [.more, .blocked]) == "ioioi")
    #expect(state.isBlocked)
    #expect(turns(&state, inbound: 1, outbound: []) == "i" && state.isBlocked, "still")
    #expect(turns(&state, inbound: 0, outbound: [.idle]) == "o" && !state.isBlocked)
  }

  @Test("an error ends the turns at once")
  func failing() {
    struct Gone: Error {}
    var state = TurnTaking()
    state.inboundIsReady = true
    #expect(throws: Gone.self) { try state.run(inbound: { throw Gone() }, outbound: { .idle }) }
  }
}
