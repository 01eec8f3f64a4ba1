import BuiltinProtocols
import ProtocolKit
import Sodium
import TunnelCore
import TunnelTesting

/// The keys are fixed so that an input does the same every time, as far as a protocol's own randomness lets it.
enum FixedKey {
  static let secrets = [SecretKey(repeating: 0x51), SecretKey(repeating: 0x52)]
  static let publics = secrets.map(\.publicKey)
}

extension SecretKey {
  convenience init(repeating byte: UInt8) {
    do {
      try self.init(bytes: [UInt8](repeating: byte, count: SecretKey.byteCount).span.bytes)
    } catch {
      fatalError("\(error)")
    }
  }
}

/// One side of a tunnel in memory, with a clock of its own.
final class Party {
  let side: Int
  let device = MemoryDevice()
  let transport = MemoryTransport()
  let clock: ManualClock
  let relay: Relay

  init(_ protocolName: String, side: Int, clock: ManualClock) {
    self.side = side
    self.clock = clock
    let parameters = ProtocolParameters(
      secretKey: FixedKey.secrets[side], peerKey: FixedKey.publics[1 - side], replayWindow: 16, start: clock.now())
    guard let description = builtinProtocols.first(where: { $0.name == protocolName }),
      let wireFormat = try? description.make(parameters)
    else { fatalError("no protocol \(protocolName)") }
    check(wireFormat.sealer.overhead == description.overhead, "the description tells another overhead")
    relay = Relay(
      Link(
        Session(CheckedProtocol.checking(wireFormat), peer: Self.endpoint(of: 1 - side), isFloating: true),
        device: device, transport: transport), clock: clock)
    tick()
  }

  static func endpoint(of side: Int) -> Endpoint { Endpoint(ipv4: 0xc000_0201 + UInt32(side), port: 2998) }
  /// Where copies of datagrams come from.
  static let copyist = Endpoint(ipv4: 0xc633_6401, port: 1)
  /// Where everything comes from that no side has ever sent.
  static let forger = Endpoint(ipv4: 0xc633_6402, port: 2)

  func tick() { must { try relay.tick() } }

  /// Sends a packet.
  func send(_ packet: [UInt8]) {
    device.waiting.append(packet)
    must { while try relay.relayOutbound() == .more {} }
  }

  /// Hands over a datagram. Returns whether it was taken as authentic and fresh.
  func receive(_ datagram: [UInt8], from endpoint: Endpoint) -> Bool {
    let (before, droppedBefore) = (accepted, relay.session.counters.inbound.drops.total)
    let authenticBefore = relay.session.counters.inbound.authentic
    let peerBefore = relay.session.peer
    transport.waiting.append(.init(datagram, endpoint))
    must { while try relay.relayInbound() == .more {} }
    let isAccepted = accepted > before
    check(
      accepted - before + relay.session.counters.inbound.drops.total - droppedBefore == 1,
      "a datagram was not counted once")
    // Which an overtaken one may be, too.
    let mayMove = relay.session.counters.inbound.authentic > authenticBefore
    let peer = relay.session.peer
    check(peer == peerBefore || mayMove && peer == endpoint, "the peer moved for a datagram that may be a recording")
    return isAccepted
  }

  private var accepted: UInt64 { relay.session.counters.inbound.authentic + relay.session.counters.inbound.unproven }

  /// Hands over what was written to the device.
  func takeWritten() -> [[UInt8]] {
    defer { device.written = [] }
    return device.written
  }

  private func must(_ body: () throws -> Void) {
    do { try body() } catch { fatalError("memory ends do not fail: \(error)") }
  }
}
