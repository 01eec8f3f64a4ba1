import Testing
import TunnelTesting

@testable import TunnelCore

@Suite("A silent peer")
struct HomingTests {
  /// What each look finds, one after the other.
  private func looks(_ looks: [(heard: UInt64?, tries: UInt64)]) -> [Bool] {
    var homing = Homing()
    return looks.map { homing.isSilent(heard: $0.heard, tries: $0.tries) }
  }

  @Test("is silent when something was said and nothing came between two looks")
  func unanswered() {
    #expect(looks([(100, 5), (100, 5), (100, 6), (100, 6), (100, 9)]) == [false, false, true, true, true])
  }

  @Test("is silent no more once it is heard, and until something has been without an answer again")
  func answered() {
    let before: [(UInt64?, UInt64)] = [(100, 5), (100, 6), (100, 6)]
    let after: [(UInt64?, UInt64)] = [(101, 7), (101, 7), (101, 8), (102, 8), (102, 9), (102, 9)]
    #expect(looks(before + after) == [false, true, true, false, false, true, false, true, true])
  }

  @Test("who was never heard is silent, too, once something was said to it")
  func neverHeard() {
    #expect(looks([(nil, 0), (nil, 0), (nil, 1), (nil, 1)]) == [false, false, true, true])
  }
}

/// The configuration has the peer at `home`; it was heard at `away` last.
@Suite("A peer that has moved and does not answer is looked for at home")
struct SeekingTests {
  private static let home = Endpoint(ipv4: 0xc000_0202, port: 2998)
  private static let away = Endpoint(ipv4: 0xc000_0203, port: 40_000)
  private let device = MemoryDevice()
  private let transport = MemoryTransport()
  private let clock = ManualClock()

  private func relay(to peer: Endpoint? = home, floating: Bool = true, announcing: Bool = true) -> Relay {
    let wireFormat = TunnelProtocol(sealer: StarProtocol(), opener: StarProtocol(isAnnouncing: announcing))
    return Relay(
      Link(Session(wireFormat, peer: peer, isFloating: floating), device: device, transport: transport), clock: clock)
  }

  private func hear(_ relay: Relay, from endpoint: Endpoint) throws {
    transport.waiting.append(.init(Array("*".utf8), endpoint))
    _ = try relay.relayInbound()
  }

  /// A second passes, in which so many packets are sent. What leaves at its end.
  private func second(_ relay: Relay, packets: Int = 1) throws -> [MemoryTransport.Datagram] {
    device.waiting = Array(repeating: [1], count: packets)
    _ = try relay.relayOutbound()
    _ = transport.takeSent()
    clock.advance(seconds: 1)
    try relay.tick()
    return transport.takeSent()
  }

  private func keepalive(to endpoint: Endpoint) -> MemoryTransport.Datagram { .init(Array("*".utf8), endpoint) }
  private func control(to endpoint: Endpoint) -> MemoryTransport.Datagram { .init(Array(".".utf8), endpoint) }

  @Test("by a keepalive once a second; control datagrams go to both places; packets go where it was")
  func seeking() throws {
    let relay = relay()
    try hear(relay, from: Self.away)
    #expect(try second(relay) == [control(to: Self.away)])
    for _ in 0..<3 {
      #expect(
        try second(relay) == [keepalive(to: Self.home), control(to: Self.away), control(to: Self.home)])
    }
    device.waiting = [[1]]
    _ = try relay.relayOutbound()
    #expect(transport.takeSent().map(\.endpoint) == [Self.away])
  }

  @Test("until it answers, from either place")
  func answers() throws {
    for place in [Self.away, Self.home] {
      let relay = relay()
      try hear(relay, from: Self.away)
      _ = try second(relay)
      #expect(try second(relay).contains(keepalive(to: Self.home)))
      try hear(relay, from: place)
      #expect(relay.session.peer == place)
      #expect(try second(relay) == [control(to: place)])
    }
  }

  @Test("not while it answers, however much is sent")
  func answering() throws {
    let relay = relay()
    for _ in 0..<5 {
      try hear(relay, from: Self.away)
      #expect(try second(relay, packets: 20) == [control(to: Self.away)])
    }
  }

  @Test("not while there is nothing to say to it")
  func idle() throws {
    let relay = relay(announcing: false)
    try hear(relay, from: Self.away)
    for _ in 0..<5 { #expect(try second(relay, packets: 0) == []) }
  }

  @Test("packets alone are enough, and so is what the protocol says of its own, as when it has no key yet")
  func tries() throws {
    let packets = relay(announcing: false)
    try hear(packets, from: Self.away)
    #expect(try second(packets) == [])
    #expect(try second(packets) == [keepalive(to: Self.home)])
    let announcements = relay()
    try hear(announcements, from: Self.away)
    #expect(try second(announcements, packets: 0) == [control(to: Self.away)])
    #expect(
      try second(announcements, packets: 0)
        == [keepalive(to: Self.home), control(to: Self.away), control(to: Self.home)])
  }

  @Test("not one that never moved, nor a fixed one")
  func atHome() throws {
    for relay in [relay(), relay(floating: false)] {
      try hear(relay, from: Self.home)
      for _ in 0..<5 { #expect(try second(relay) == [control(to: Self.home)]) }
    }
  }

  @Test("not one that the configuration has nowhere")
  func waitedFor() throws {
    let relay = relay(to: nil)
    try hear(relay, from: Self.away)
    for _ in 0..<5 { #expect(try second(relay) == [control(to: Self.away)]) }
  }

  @Test("not while datagrams wait for the socket; they leave first, whole and in order")
  func waiting() throws {
    let relay = relay()
    try hear(relay, from: Self.away)
    for _ in 0..<3 { _ = try second(relay) }
    transport.capacity = 1
    device.waiting = [[1], [2], [3]]
    #expect(try relay.relayOutbound() == .blocked)
    transport.capacity = 0
    try relay.tick()
    transport.capacity = nil
    while try relay.relayOutbound() != .idle {}
    #expect(transport.takeSent().map(\.bytes) == [[0x2a, 1], [0x2a, 2], [0x2a, 3]])
    try relay.tick()
    #expect(transport.takeSent().first == keepalive(to: Self.home))
  }
}

/// Lets all pass as overtaken by others.
private final class Overtaken: PacketOpener {
  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    for index in range where datagrams.isPending(index) { datagrams.passOvertaken(index) }
  }
}

@Suite("A datagram that others have overtaken")
struct OvertakenTests {
  @Test("comes out, but says neither where the peer is nor that it is there")
  func overtaken() throws {
    let (device, transport) = (MemoryDevice(), MemoryTransport())
    let home = Endpoint(ipv4: 0xc000_0202, port: 2998)
    let wireFormat = TunnelProtocol(sealer: StarProtocol(), opener: Overtaken())
    let relay = Relay(
      Link(Session(wireFormat, peer: home, isFloating: true), device: device, transport: transport),
      clock: ManualClock())
    for endpoint in [home, Endpoint(ipv4: 9, port: 9)] {
      transport.waiting.append(.init([0x45, 1], endpoint))
      _ = try relay.relayInbound()
    }
    #expect(device.written == [[0x45, 1], [0x45, 1]])
    #expect(relay.session.peer == home && relay.session.lastHeard == nil)
    #expect(relay.session.counters.inbound.received.packets == 2)
  }
}
