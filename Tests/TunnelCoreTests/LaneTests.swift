import Testing
import TunnelTesting

@testable import TunnelCore

/// Everybody has an address of his own.
private final class Addresses: Demultiplexer {
  var links: [Endpoint: Link] = [:]

  func owner(of datagrams: borrowing PacketBatch, at index: Int) -> (link: Link?, end: Int) {
    let source = datagrams.endpoint(of: index)
    var end = index + 1
    while end < datagrams.count && datagrams.endpoint(of: end) == source { end += 1 }
    return (links[source], end)
  }
}

/// Two peers on one port, with lanes that belong to the thread.
@Suite("Lanes that several peers share")
struct LaneTests {
  private let places = [Endpoint(ipv4: 0xc000_0201, port: 1), Endpoint(ipv4: 0xc000_0202, port: 2)]
  private let devices = [MemoryDevice(), MemoryDevice()]
  private let transport = MemoryTransport()
  private let clock = ManualClock()
  private let owners = Addresses()
  private let links: [Link]
  private let outbound: OutboundLane
  private let inbound: InboundLane

  init() {
    let (devices, places, transport) = (devices, places, transport)
    links = (0...1).map {
      Link(
        Session(StarProtocol.both, peer: places[$0], isFloating: false), device: devices[$0], transport: transport)
    }
    outbound = OutboundLane(devices[0].burst, headroom: 64, tailroom: 0, clock: clock)
    inbound = InboundLane(transport.burst, headroom: 64, tailroom: 0, clock: clock)
    for (place, link) in zip(places, links) { owners.links[place] = link }
  }

  private func arrive(_ text: String, from endpoint: Endpoint) {
    transport.waiting.append(.init(Array(text.utf8), endpoint))
  }

  private func written(_ index: Int) -> [String] { devices[index].written.map { String(decoding: $0, as: UTF8.self) } }

  @Test("each datagram goes to the device of whose it is, in order, and is counted there; nobody's is counted as such")
  func inboundRuns() throws {
    for (text, place) in [("*a", 0), ("*b", 0), ("*c", 1), ("x", 1), ("*d", 0)] { arrive(text, from: places[place]) }
    arrive("*nobody", from: Endpoint(ipv4: 9, port: 9))
    clock.advance(seconds: 5)
    #expect(try inbound.relay(from: transport, to: owners) == .idle)
    #expect(written(0) == ["a", "b", "d"] && written(1) == ["c"])
    #expect(links.map(\.session.counters.inbound.received.packets) == [3, 1])
    #expect(links[1].session.counters.inbound.drops[.notAuthentic] == 1 && inbound.unclaimed == 1)
    #expect(links.map(\.session.lastHeard) == [clock.now().monotonicNanoseconds, clock.now().monotonicNanoseconds])
  }

  @Test("an answer goes to who asked, by the link of whose it is")
  func answers() throws {
    arrive("!", from: places[1])
    arrive("*a", from: places[0])
    _ = try inbound.relay(from: transport, to: owners)
    #expect(transport.takeSent() == [.init(Array("?".utf8), places[1])])
    #expect(links.map(\.session.counters.inbound.controlSent) == [0, 1])
    try inbound.tick(links[0])
    #expect(transport.takeSent() == [.init(Array(".".utf8), places[0])])
  }

  @Test("packets of each device leave for its peer; what waits for the socket is counted for whom it belongs to")
  func outboundTurns() throws {
    devices[0].waiting = [[1], [2]]
    devices[1].waiting = [[3]]
    transport.capacity = 1
    #expect(try outbound.relay(links[0]) == .blocked)
    #expect(try outbound.relay(links[1]) == .blocked, "its turn comes when the other's have left")
    #expect(devices[1].waiting == [[3]])
    transport.capacity = nil
    #expect(try outbound.relay(links[1]) == .idle)
    #expect(transport.sent.map(\.endpoint) == [places[0], places[0], places[1]])
    #expect(links.map(\.session.counters.outbound.sent.packets) == [2, 1])
  }

  @Test("one peer's device that is gone, or full, takes nothing from the other's range")
  func ranges() throws {
    devices[0].writeError = 5
    arrive("*a", from: places[0])
    arrive("*b", from: places[1])
    _ = try inbound.relay(from: transport, to: owners)
    #expect(written(1) == ["b"])
    #expect(links.map(\.session.counters.inbound.drops[.refused]) == [1, 0])
  }

  /// Whatever somebody's datagrams make it say.
  private final class Confused: Demultiplexer {
    var ends: [Int]
    let link: Link
    init(_ ends: [Int], _ link: Link) { (self.ends, self.link) = (ends, link) }
    func owner(of datagrams: borrowing PacketBatch, at index: Int) -> (link: Link?, end: Int) {
      (link, ends.isEmpty ? index : ends.removeFirst())
    }
  }

  @Test("a demultiplexer that goes nowhere, back or too far is gone on from", arguments: [[0], [-5, 0], [99], []])
  func confused(ends: [Int]) throws {
    for text in ["*a", "*b", "*c"] { arrive(text, from: places[0]) }
    _ = try inbound.relay(from: transport, to: Confused(ends, links[0]))
    #expect(written(0) == ["a", "b", "c"])
  }

  /// A transport that is gone.
  private final class Broken: DatagramTransport {
    struct Gone: Error {}
    let burst = Burst(packets: 8, buffers: 1)
    let failures = FailureTally()
    func headerBytes(towards endpoint: Endpoint?) -> Int { 0 }
    func receive(into datagrams: inout PacketBatch) throws -> ReadOutcome { .drained }
    func send(_ datagrams: inout PacketBatch, from index: Int) throws -> Int { throw Gone() }
  }

  @Test("a transport that is gone takes nothing from other links: neither their packets nor their control datagrams")
  func broken() throws {
    let broken = Link(
      Session(StarProtocol.both, peer: places[0], isFloating: false), device: devices[0], transport: Broken())
    devices[0].waiting = [[1]]
    devices[1].waiting = [[2]]
    #expect(throws: Broken.Gone.self) { try outbound.relay(broken) }
    #expect(try outbound.relay(links[1]) == .idle)
    #expect(transport.takeSent().map(\.bytes) == [[0x2a, 2]])
    #expect(throws: Broken.Gone.self) { try inbound.tick(broken) }
    try inbound.tick(links[1])
    #expect(transport.takeSent() == [.init(Array(".".utf8), places[1])])
  }

  @Test("a session was heard when something authentic came, and not before")
  func lastHeard() throws {
    #expect(links[0].session.lastHeard == nil)
    arrive("forged", from: places[0])
    _ = try inbound.relay(from: transport, to: owners)
    #expect(links[0].session.lastHeard == nil)
  }
}
