import Testing
import TunnelCore
import TunnelTesting

private let peer = Endpoint(ipv4: 0xc000_0202, port: 2998)
private let elsewhere = Endpoint(ipv4: 0xc000_0203, port: 40_000)

@Suite("The relay")
struct RelayTests {
  private let device = MemoryDevice()
  private let transport = MemoryTransport()

  private func relay(to peer: Endpoint?, floating: Bool = false) -> Relay {
    Relay(
      Link(Session(StarProtocol.both, peer: peer, isFloating: floating), device: device, transport: transport),
      clock: ManualClock())
  }

  private func arrive(_ text: String, from endpoint: Endpoint) {
    transport.waiting.append(.init(Array(text.utf8), endpoint))
  }

  private var written: [String] { device.written.map { String(decoding: $0, as: UTF8.self) } }

  @Test("packets go out sealed, to the peer, in order, and come in opened")
  func bothWays() throws {
    let relay = relay(to: peer)
    device.waiting = ["one", "two", ""].map { Array($0.utf8) }
    #expect(try relay.relayOutbound() == .idle)
    #expect(transport.sent == ["*one", "*two", "*"].map { .init(Array($0.utf8), peer) })
    arrive("*three", from: peer)
    arrive("*", from: peer)
    #expect(try relay.relayInbound() == .idle)
    #expect(written == ["three"])
    #expect(relay.session.counters.outbound.sent.packets == 3 && relay.session.counters.outbound.sent.bytes == 6)
    #expect(relay.session.counters.inbound.received.packets == 1 && relay.session.counters.inbound.controlReceived == 1)
  }

  @Test("a fixed peer is heard from its own address only")
  func fixedPeer() throws {
    let relay = relay(to: peer)
    arrive("*hello", from: elsewhere)
    arrive("!", from: elsewhere)
    _ = try relay.relayInbound()
    #expect(written.isEmpty && transport.sent.isEmpty)
    #expect(relay.session.counters.inbound.drops[.fromElsewhere] == 2)
    #expect(relay.session.peer == peer)
  }

  @Test("what a transport keeps apart is counted and looked at, a few at a time; what is the peer's is heard")
  func elsewhereKeptApart() throws {
    let relay = relay(to: peer)
    func datagrams(_ count: Int) -> [MemoryTransport.Datagram] {
      (0..<count).map { _ in .init(Array("*hello".utf8), elsewhere) }
    }
    transport.elsewhere = datagrams(5)
    transport.lostFromElsewhere = 1000
    try relay.tick()
    #expect(relay.session.counters.inbound.drops[.fromElsewhere] == 1005 && written.isEmpty)
    transport.elsewhere = datagrams(100)
    try relay.tick()
    #expect(transport.elsewhere.count == 88, "the rest another time")
    transport.elsewhere = [.init(Array("*early".utf8), peer)]
    try relay.tick()
    #expect(written == ["early"] && relay.session.counters.inbound.drops[.fromElsewhere] == 1017)
  }

  @Test("only what is authentic moves a floating peer")
  func roaming() throws {
    let relay = relay(to: peer, floating: true)
    var moves: [Endpoint?] = []
    relay.session.onRoaming = { from, to in moves += [from, to] }
    arrive("forged", from: elsewhere)
    _ = try relay.relayInbound()
    #expect(relay.session.peer == peer)
    arrive("*true", from: elsewhere)
    arrive("forged", from: Endpoint(ipv4: 9, port: 9))
    _ = try relay.relayInbound()
    #expect(relay.session.peer == elsewhere && moves == [peer, elsewhere])
    #expect(relay.session.counters.inbound.roamings == 1 && relay.session.counters.inbound.drops[.notAuthentic] == 2)
  }

  @Test("without a peer nothing leaves until one has spoken")
  func unknownPeer() throws {
    let relay = relay(to: nil)
    device.waiting = [[1], [2]]
    _ = try relay.relayOutbound()
    try relay.tick()
    #expect(transport.sent.isEmpty)
    #expect(relay.session.counters.outbound.drops[.noPeer] == 2)
    arrive("*", from: elsewhere)
    _ = try relay.relayInbound()
    device.waiting = [[3]]
    _ = try relay.relayOutbound()
    #expect(transport.sent.map(\.endpoint) == [elsewhere])
  }

  @Test("an answer goes to where the question came from, before the packets that follow it")
  func answers() throws {
    let relay = relay(to: peer, floating: true)
    arrive("!", from: elsewhere)
    _ = try relay.relayInbound()
    #expect(transport.takeSent() == [.init(Array("?".utf8), elsewhere)])
    try relay.tick()
    #expect(transport.takeSent() == [.init(Array(".".utf8), elsewhere)])
    #expect(relay.session.counters.inbound.controlSent == 2)
  }

  @Test("what the socket cannot take waits, in order, and the device waits with it")
  func blocking() throws {
    let relay = relay(to: peer)
    transport.capacity = 2
    device.waiting = [[1], [2], [3], [4]]
    #expect(try relay.relayOutbound() == .blocked)
    device.waiting = [[5]]
    #expect(try relay.relayOutbound() == .blocked)
    #expect(device.waiting == [[5]])
    transport.capacity = nil
    while try relay.relayOutbound() != .idle || !device.waiting.isEmpty {}
    #expect(transport.sent.map { $0.bytes.last } == [1, 2, 3, 4, 5])
    #expect(relay.session.counters.outbound.sent.packets == 5)
  }

  @Test("what the kernel refuses is counted, and the relay goes on")
  func refusals() throws {
    let relay = relay(to: peer)
    transport.sendError = 101
    device.waiting = [[1], [2]]
    _ = try relay.relayOutbound()
    #expect(transport.failures[101] == 2 && relay.session.counters.outbound.drops[.refused] == 2)
    device.writeError = 5
    arrive("*lost", from: peer)
    _ = try relay.relayInbound()
    #expect(device.failures[5] == 1 && relay.session.counters.inbound.drops[.refused] == 1)
    device.writeError = nil
    arrive("*kept", from: peer)
    _ = try relay.relayInbound()
    #expect(written == ["kept"])
  }

  @Test("a device that is gone ends it")
  func vanished() {
    struct Gone: Error {}
    let relay = relay(to: peer)
    device.fatalError = Gone()
    #expect(throws: Gone.self) { try relay.relayOutbound() }
  }

  @Test("more than a batch holds arrives all the same, the largest packets too")
  func manyAndLarge() throws {
    let relay = relay(to: peer)
    let large = [UInt8](repeating: 7, count: 65_535)
    device.waiting = (0..<600).map { [UInt8(truncatingIfNeeded: $0)] } + [large]
    while try relay.relayOutbound() == .more {}
    #expect(transport.sent.count == 601)
    #expect(transport.sent.last?.bytes.count == 65_536)
    #expect(transport.sent.prefix(600).map { $0.bytes[1] } == (0..<600).map { UInt8(truncatingIfNeeded: $0) })
  }

  @Test("what the device cannot hand on is counted, and what came around it is sent")
  func contradictions() throws {
    let device = NeighbouredDevice()
    let relay = Relay(
      Link(Session(StarProtocol.both, peer: peer, isFloating: false), device: device, transport: transport),
      clock: ManualClock())
    #expect(try relay.relayOutbound() == .idle)
    #expect(transport.sent.map(\.bytes) == [Array("*a".utf8), Array("*b".utf8)])
    #expect(relay.session.counters.outbound.drops[.malformed] == 2 && relay.session.counters.outbound.drops.total == 2)
    #expect(relay.session.counters.outbound.sent.packets == 2)
  }
}

/// A device where somebody puts contradictions between the packets.
private final class NeighbouredDevice: PacketDevice {
  let name = "neighboured"
  let burst = Burst(packets: 8, buffers: 1)
  var failures = FailureTally()

  func receive(into packets: inout PacketBatch) -> ReadOutcome {
    for text in ["a", "", "b", ""] {
      if text.isEmpty {
        packets.appendDropped(.malformed)
      } else {
        _ = packets.appendCopy(of: Array(text.utf8), from: .unspecified)
      }
    }
    return .drained
  }

  func send(_ packets: inout PacketBatch, _ range: Range<Int>) {}
}
