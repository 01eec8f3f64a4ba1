import Sodium
import Testing
import TunnelCore
import TunnelTesting

@testable import ProtocolSalty

/// README's own layout: one side knows the other's address and calls, the other waits to be called.
@Suite("salty when one side falls silent")
struct SaltySilenceTests {
  private let pair: SaltyPair

  init() throws {
    pair = try SaltyPair()
    pair.start()
    #expect(pair.passesBothWays)
  }

  /// A restarted side that waits knows nobody, so what it announces by itself goes nowhere.
  private func restartWaitingSide() throws {
    try pair.restartA()
    pair.a.tick()
    pair.loseControlOfA()
  }

  @Test("the waiting side restarts: the caller, who goes on sending, announces its key and is heard within 15 seconds")
  func waitingSideRestarts() throws {
    for rekeys in 0..<3 {
      try restartWaitingSide()
      var seconds = 0
      while !pair.passes(from: pair.b, to: pair.a) && seconds < 60 {
        pair.second()
        seconds += 1
      }
      #expect(seconds <= 11, "after \(rekeys) rekeys")
      #expect(pair.passesBothWays)
      pair.second(301)
      #expect(pair.passesBothWays)
    }
  }

  @Test("who sends and hears nothing announces twice at once, then every four to six seconds, until he hears something")
  func rhythm() {
    pair.second(11)  // each has heard the other since it last sent
    pair.disturb = { _ in [] }
    var moments: [Int] = []
    for second in 0..<60 {
      let before = pair.b.control.count
      _ = pair.b.seal([1])
      pair.b.tick()
      if pair.b.control.count > before {
        #expect(pair.b.control.count == before + 2)
        moments.append(second)
      }
      pair.clock.advance(seconds: 1)
    }
    #expect(moments.first == 10)
    for (one, other) in zip(moments, moments.dropFirst()) { #expect((4...7).contains(other - one)) }
    #expect(moments.count >= 8)
    pair.disturb = { [$0] }
    pair.exchange()
    #expect(pair.passesBothWays)
    let before = pair.b.control.count
    for _ in 0..<20 {
      pair.second()
      #expect(pair.passes(from: pair.a, to: pair.b))
    }
    #expect(pair.b.control.count <= before + 4)
  }

  @Test("who has nothing to send keeps quiet")
  func idle() {
    pair.second(11)
    let before = (pair.a.control.count, pair.b.control.count)
    for _ in 0..<280 { pair.second() }
    #expect(pair.a.control.count == before.0 && pair.b.control.count == before.1)
  }
}
