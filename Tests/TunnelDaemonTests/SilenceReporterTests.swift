import BuiltinProtocols
import Diagnosis
import ProtocolKit
import Sodium
import Testing
import TunnelCore
import TunnelTesting

@testable import TunnelDaemon

/// A tunnel in memory whose peer says what a test wants.
@Suite("Why nothing arrives")
struct SilenceReporterTests {
  private static let peer = Endpoint(ipv4: 0xc000_0201, port: 2998)

  private let device = MemoryDevice()
  private let transport = MemoryTransport()
  private let lines = LoggedLines()
  private let clock = ManualClock()
  private let keys = (own: SecretKey(), peer: SecretKey())
  private let relay: Relay
  private let reporter: SilenceReporter

  init() throws { try self.init("nacltai") }

  private init(_ name: String) throws {
    let parameters = ProtocolParameters(
      secretKey: keys.own, peerKey: keys.peer.publicKey, start: clock.now())
    let description = try #require(builtinProtocols.named(name))
    let made = try description.make(parameters)
    let sampler = DatagramSampler(made.opener)
    relay = Relay(
      Link(
        Session(.init(sealer: made.sealer, opener: sampler), peer: Self.peer, isFloating: false), device: device,
        transport: transport), clock: clock)
    reporter = SilenceReporter(
      sampler, diagnosis: DatagramDiagnosis(description, all: builtinProtocols, parameters),
      expected: .packet, device: "qt0", log: LimitedLog(lines.logger, clock: clock))
  }

  /// A second, in which one packet goes out and these datagrams arrive. What is said in it.
  private func second(_ datagrams: [[UInt8]] = [], sends: Bool = true) throws -> [String] {
    if sends { device.waiting = [[0x45]] }
    _ = try relay.relayOutbound()
    transport.waiting = datagrams.map { .init($0, Self.peer) }
    _ = try relay.relayInbound()
    try relay.tick()
    reporter.look(at: TunnelSnapshot(of: relay.link, at: clock.now()))
    clock.advance(seconds: 1)
    return lines.take().map { String($0.prefix { $0 != "\n" }) }
  }

  /// What the peer sends, sealed by `name` under its key or another.
  private func sealed(_ packet: [UInt8], _ name: String = "nacltai", key: SecretKey? = nil) throws -> [UInt8] {
    let description = try #require(builtinProtocols.first { $0.name == name })
    let other = try description.make(
      .init(secretKey: key ?? keys.peer, peerKey: keys.own.publicKey, start: clock.now()))
    var packets = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
    _ = packets.appendCopy(of: packet, from: .unspecified)
    other.seal(&packets, at: clock.now())
    return packets.copy(of: 0)
  }

  private static let ping: [UInt8] = [0x45, 0, 0, 20] + [UInt8](repeating: 0, count: 16)

  @Test("nothing at all comes: said once, after fifteen seconds of sending")
  func alone() throws {
    var said: [String] = []
    for _ in 0..<15 { said += try second() }
    #expect(said == ["Nothing has come from 192.0.2.1:2998 in 15 s"])
    for _ in 0..<100 { #expect(try second().isEmpty) }
  }

  @Test("who sends nothing misses nothing")
  func idle() throws {
    for _ in 0..<100 { #expect(try second(sends: false).isEmpty) }
  }

  @Test("another protocol, another key: the reason, once in ten minutes")
  func reasons() throws {
    _ = try second()
    let said = try second([try sealed(Self.ping, "nacl0")])
    #expect(said == ["Datagrams from 192.0.2.1:2998 decrypt as nacl0"])
    for _ in 0..<300 { #expect(try second([try sealed(Self.ping, "nacl0")]).isEmpty) }
    #expect(
      try second([try sealed(Self.ping, key: SecretKey())])
        == ["Datagrams from 192.0.2.1:2998 fail under the peer's key"])
    for _ in 0..<300 { _ = try second() }
    #expect(try second([try sealed(Self.ping, "nacl0")]).count == 1, "again")
  }

  @Test("while packets pass, a stranger's are nobody's business")
  func working() throws {
    _ = try second([try sealed(Self.ping)])
    for _ in 0..<20 { #expect(try second([[1, 2, 3], try sealed(Self.ping)]).isEmpty) }
    #expect(device.written.count == 21)
  }

  @Test("data for a key that is gone: said after twenty seconds, for a peer that answers is back before")
  func lostKey() throws {
    let salty = try SilenceReporterTests("salty")
    let data: [UInt8] = [0x60, 0, 0, 7] + [UInt8](repeating: 9, count: 60)
    var said: [String] = []
    for _ in 0..<19 { said += try salty.second([data]) }
    #expect(said == [])
    for _ in 0..<100 { said += try salty.second([data]) }
    #expect(said == ["Datagrams from 192.0.2.1:2998 are sealed for a key that this side does not have"])
  }

  @Test("what comes out is for another kind of device")
  func shape() throws {
    let frame = [UInt8](repeating: 2, count: 12) + [0x08, 0x06] + [UInt8](repeating: 0, count: 46)
    _ = try second()
    #expect(try second([try sealed(frame)]) == ["Ethernet frames arrive in tun mode"])
  }

  @Test("a peer that was there is missed after half a minute, and welcomed")
  func outage() throws {
    _ = try second([try sealed(Self.ping)])
    var said: [String] = []
    for _ in 0..<40 { said += try second() }
    said += try second([try sealed(Self.ping)])
    #expect(
      said == [
        "Nothing has come from 192.0.2.1:2998 for 30 s, although packets go there",
        "192.0.2.1:2998 is heard again, after 41 s",
      ])
  }
}
