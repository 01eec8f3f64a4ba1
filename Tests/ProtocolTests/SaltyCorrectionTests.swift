import Sodium
import Testing
import TunnelCore
import TunnelTesting

@testable import ProtocolSalty

/// Control times that are not what the other side expects, wherever they come from: both have to find together again.
@Suite("salty's control times are put right")
struct SaltyCorrectionTests {
  @Test("for a caller that reboots at another address with its clock at 1970")
  func movedCaller() throws {
    let hosts = try CallerAndWaiting()
    #expect(try #require(try hosts.secondsUntilHeard()) <= 1)
    hosts.place = Endpoint(ipv4: 0x0a00_0009, port: 2998)
    try hosts.restartCaller(clock: ManualClock(unixSeconds: 30))
    #expect(try #require(try hosts.secondsUntilHeard()) <= 15)
  }

  @Test("for a caller whose waiting side took a recording from when the caller's clock was a day ahead")
  func recordingFromAhead() throws {
    let hosts = try CallerAndWaiting()
    let ahead = ManualClock(unixSeconds: ManualClock().moment.unixSeconds + 86_400)
    let recorded = try Party(
      "salty", parameters(hosts.keys.caller, hosts.keys.waiting.publicKey, at: ahead.now()), clock: ahead)
    recorded.tick()
    hosts.waiting.transport.waiting = [.init(try #require(recorded.control.last), CallerAndWaiting.stranger)]
    _ = try hosts.waiting.relay.relayInbound()
    #expect(hosts.waiting.relay.session.counters.inbound.unproven == 1)
    #expect(try #require(try hosts.secondsUntilHeard()) <= 15)
  }

  @Test("for two sides that both come back with their clocks behind, while old announcements are played to both")
  func bothBehind() throws {
    let (one, other) = (SecretKey(), SecretKey())
    func parties(_ clock: ManualClock) throws -> (Party, Party) {
      let a = try Party("salty", parameters(one, other.publicKey, at: clock.now()), clock: clock)
      let b = try Party("salty", parameters(other, one.publicKey, at: clock.now()), clock: clock)
      for party in [a, b] { party.tick() }
      return (a, b)
    }
    let before = try parties(ManualClock())
    let clock = ManualClock(unixSeconds: 100)
    let (a, b) = try parties(clock)
    #expect(a.open(before.1.control[0]) == .failure(.unproven) && b.open(before.0.control[0]) == .failure(.unproven))
    // What they told each other before was that they had heard each other.
    _ = before.0.open(before.1.control[0])
    _ = before.1.open(before.0.control[0])
    var (seenA, seenB, seconds) = (0, 0, 0)
    while a.seal([1]).packet.map({ b.open($0).packet == [1] }) != true && seconds < 60 {
      for party in [a, b] { party.tick() }
      for _ in 0..<20 where seenA < a.control.count || seenB < b.control.count {
        let (fromA, fromB) = (a.control[seenA...], b.control[seenB...])
        (seenA, seenB) = (a.control.count, b.control.count)
        for datagram in fromA { _ = b.open(datagram) }
        for datagram in fromB { _ = a.open(datagram) }
      }
      clock.advance(seconds: 1)
      seconds += 1
    }
    #expect(seconds <= 15)
  }

  @Test("a stranger's recordings, one each second, do not keep a restarted side from calling the true peer")
  func strangerKeepsAsking() throws {
    let keys = (own: SecretKey(), peer: SecretKey())
    let past = ManualClock(unixSeconds: ManualClock().moment.unixSeconds - 86_400)
    let recorded = try Party("salty", parameters(keys.peer, keys.own.publicKey, at: past.now()), clock: past)
    for _ in 0..<120 {
      recorded.tick()
      past.advance(seconds: 2)
    }
    let host = try CallerAndWaiting.Host(
      keys.own, keys.peer.publicKey, at: CallerAndWaiting.server, ManualClock(), isFloating: true)
    for datagram in recorded.control.prefix(100) {
      host.transport.waiting = [.init(datagram, CallerAndWaiting.stranger)]
      _ = try host.relay.relayInbound()
      try host.relay.tick()
      host.clock.advance(seconds: 1)
    }
    let calls = host.transport.sent.filter { $0.endpoint == CallerAndWaiting.server }
    #expect(calls.count >= 45)
    #expect(host.relay.session.peer == CallerAndWaiting.server)
  }
}
