import Testing
import TunnelCore
import TunnelTesting

/// A wire format that is easy to forge: `*` before the packet makes it authentic, `!` makes it a control datagram that is
/// answered.
private final class StarProtocol: TunnelProtocol {
  let overhead = 1
  let headroom = 1

  func seal(_ packets: inout PacketBatch, control: inout PacketBatch, at now: Moment) {
    for index in 0..<packets.count where packets.isPending(index) {
      packets.extendFront(of: index, by: 1)
      var span = packets[index]
      span.storeBigEndian(UInt8(ascii: "*"), at: 0)
      packets.pass(index)
    }
  }

  func open(_ datagrams: inout PacketBatch, control: inout PacketBatch, at now: Moment) {
    for index in 0..<datagrams.count where datagrams.isPending(index) {
      guard datagrams.length(of: index) >= 1 else {
        datagrams.drop(index, .tooShort)
        continue
      }
      switch datagrams.bigEndian(in: index, at: 0, as: UInt8.self) {
      case UInt8(ascii: "*"):
        datagrams.trimFront(of: index, by: 1)
        datagrams.pass(index)
      case UInt8(ascii: "!"):
        control.append(length: 1, to: datagrams.endpoint(of: index)) { $0.storeBigEndian(UInt8(ascii: "?"), at: 0) }
        datagrams.consume(index)
      default:
        datagrams.drop(index, .notAuthentic)
      }
    }
  }

  func tick(control: inout PacketBatch, at now: Moment) {
    control.append(length: 1, to: .unspecified) { $0.storeBigEndian(UInt8(ascii: "."), at: 0) }
  }
}

private let peer = Endpoint(ipv4: 0xc000_0202, port: 2998)
private let elsewhere = Endpoint(ipv4: 0xc000_0203, port: 40_000)

@Suite("The relay")
struct RelayTests {
  private let device = MemoryDevice()
  private let transport = MemoryTransport()

  private func relay(to peer: Endpoint?, floating: Bool = false) -> Relay {
    Relay(
      device: device, transport: transport, protocol: StarProtocol(), clock: ManualClock(),
      options: .init(peer: peer, isFloating: floating))
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
    #expect(relay.counters.sent.packets == 3 && relay.counters.sent.bytes == 6)
    #expect(relay.counters.received.packets == 1 && relay.counters.controlReceived == 1)
  }

  @Test("a fixed peer is heard from its own address only")
  func fixedPeer() throws {
    let relay = relay(to: peer)
    arrive("*hello", from: elsewhere)
    arrive("!", from: elsewhere)
    _ = try relay.relayInbound()
    #expect(written.isEmpty && transport.sent.isEmpty)
    #expect(relay.counters.receiveDrops[.fromElsewhere] == 2)
    #expect(relay.peer == peer)
  }

  @Test("what a transport keeps apart is counted and looked at, a few at a time; what is the peer's is heard")
  func elsewhereKeptApart() throws {
    let relay = relay(to: peer)
    func datagrams(_ count: Int) -> [MemoryTransport.Datagram] {
      (0..<count).map { _ in .init(Array("*hello".utf8), elsewhere) }
    }
    transport.elsewhere = datagrams(5)
    transport.lostFromElsewhere = 1000
    relay.wantsGlimpse = true
    try relay.tick()
    #expect(relay.counters.receiveDrops[.fromElsewhere] == 1005 && written.isEmpty)
    #expect(relay.takeGlimpse()?.reason == .fromElsewhere)
    transport.elsewhere = datagrams(100)
    try relay.tick()
    #expect(transport.elsewhere.count == 88, "the rest another time")
    transport.elsewhere = [.init(Array("*early".utf8), peer)]
    try relay.tick()
    #expect(written == ["early"] && relay.counters.receiveDrops[.fromElsewhere] == 1017)
  }

  @Test("only what is authentic moves a floating peer")
  func roaming() throws {
    let relay = relay(to: peer, floating: true)
    var moves: [Endpoint?] = []
    relay.onRoaming = { from, to in moves += [from, to] }
    arrive("forged", from: elsewhere)
    _ = try relay.relayInbound()
    #expect(relay.peer == peer)
    arrive("*true", from: elsewhere)
    arrive("forged", from: Endpoint(ipv4: 9, port: 9))
    _ = try relay.relayInbound()
    #expect(relay.peer == elsewhere && moves == [peer, elsewhere])
    #expect(relay.counters.roamings == 1 && relay.counters.receiveDrops[.notAuthentic] == 2)
  }

  @Test("without a peer nothing leaves until one has spoken")
  func unknownPeer() throws {
    let relay = relay(to: nil)
    device.waiting = [[1], [2]]
    _ = try relay.relayOutbound()
    try relay.tick()
    #expect(transport.sent.isEmpty)
    #expect(relay.counters.sendDrops[.noPeer] == 2)
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
    #expect(relay.counters.controlSent == 2)
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
    #expect(relay.counters.sent.packets == 5)
  }

  @Test("what the kernel refuses is counted, and the relay goes on")
  func refusals() throws {
    let relay = relay(to: peer)
    transport.sendError = 101
    device.waiting = [[1], [2]]
    _ = try relay.relayOutbound()
    #expect(transport.failures[101] == 2 && relay.counters.sendDrops[.refused] == 2)
    device.writeError = 5
    arrive("*lost", from: peer)
    _ = try relay.relayInbound()
    #expect(device.failures[5] == 1 && relay.counters.receiveDrops[.refused] == 1)
    device.writeError = nil
    arrive("*kept", from: peer)
    _ = try relay.relayInbound()
    #expect(written == ["kept"])
  }

  @Test("one datagram is kept where that is asked for, as it came, with what became of it")
  func glimpse() throws {
    let relay = relay(to: peer)
    func glimpse(of text: String, from endpoint: Endpoint = peer) throws -> Relay.Glimpse? {
      arrive(text, from: endpoint)
      _ = try relay.relayInbound()
      return relay.takeGlimpse()
    }
    #expect(try glimpse(of: "*a") == nil, "not asked for")
    relay.wantsGlimpse = true
    let good = try #require(try glimpse(of: "*ab"))
    #expect(good.datagram == Array("*ab".utf8) && good.packet == Array("ab".utf8) && good.reason == nil)
    #expect(try glimpse(of: "*a") == nil, "only one")
    relay.wantsGlimpse = true
    let forged = try #require(try glimpse(of: "xy"))
    #expect(forged.datagram == Array("xy".utf8) && forged.packet.isEmpty && forged.reason == .notAuthentic)
    relay.wantsGlimpse = true
    #expect(try glimpse(of: "*a", from: elsewhere)?.reason == .fromElsewhere)
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
      device: device, transport: transport, protocol: StarProtocol(), clock: ManualClock(),
      options: .init(peer: peer, isFloating: false))
    #expect(try relay.relayOutbound() == .idle)
    #expect(transport.sent.map(\.bytes) == [Array("*a".utf8), Array("*b".utf8)])
    #expect(relay.counters.sendDrops[.malformed] == 2 && relay.counters.sendDrops.total == 2)
    #expect(relay.counters.sent.packets == 2)
  }
}

/// A device where somebody puts contradictions between the packets.
private final class NeighbouredDevice: PacketDevice {
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

  func send(_ packets: inout PacketBatch) {}
}
