import Sodium
import Testing
import TunnelCore
import TunnelTesting

/// Somebody who holds a datagram back, or has recorded it before the receiver's start, may send it from wherever he likes.
@Suite("A datagram that others have overtaken comes out, but says nothing of where the peer is now")
struct OvertakenTests {
  private static let home = Endpoint(ipv4: 0xc000_0202, port: 2998)
  private static let elsewhere = Endpoint(ipv4: 0xc000_0203, port: 40_000)
  private let device = MemoryDevice()
  private let transport = MemoryTransport()

  /// The last three of `sent` arrive in another order.
  private func check(_ sent: [[UInt8]], _ receiver: Party) throws {
    let relay = Relay(
      Link(Session(receiver.wireFormat, peer: Self.home, isFloating: true), device: device, transport: transport),
      clock: receiver.clock)
    func arrive(_ datagrams: [(number: Int, from: Endpoint)]) throws {
      for datagram in datagrams { transport.waiting.append(.init(sent[datagram.number], datagram.from)) }
      _ = try relay.relayInbound()
    }
    try arrive([(2, Self.home)])
    let heard = try #require(relay.session.lastHeard)
    receiver.clock.advance(seconds: 1)
    try arrive([(0, Self.elsewhere)])
    #expect(device.written == [[2], [0]] && relay.session.peer == Self.home && relay.session.lastHeard == heard)
    // In one batch with a later one that came before it.
    try arrive([(3, Self.home), (1, Self.elsewhere)])
    #expect(device.written == [[2], [0], [3], [1]] && relay.session.peer == Self.home)
    #expect(relay.session.lastHeard == receiver.clock.now().monotonicNanoseconds)
    #expect(relay.session.counters.inbound.roamings == 0)
    try arrive([(4, Self.elsewhere)])
    #expect(relay.session.peer == Self.elsewhere, "nothing has overtaken this one")
  }

  @Test("in salty")
  func salty() throws {
    let pair = try SaltyPair()
    pair.start()
    try check((0..<5).compactMap { pair.a.seal([$0]).packet }, pair.b)
  }

  @Test("in nacltai")
  func nacltai() throws {
    let (own, other) = (SecretKey(), SecretKey())
    let clock = ManualClock()
    let sender = try Party("nacltai", parameters(own, other.publicKey), clock: clock)
    let receiver = try Party("nacltai", parameters(other, own.publicKey), clock: clock)
    try check((0..<5).compactMap { sender.seal([$0]).packet }, receiver)
  }
}
