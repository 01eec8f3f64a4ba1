import Sodium
import TunnelCore
import TunnelTesting

/// README's layout with relays: one side calls a server whose address it knows, the server waits and follows it.
final class CallerAndWaiting {
  static let server = Endpoint(ipv4: 0x0a00_0001, port: 2998)
  static let stranger = Endpoint(ipv4: 0x0a00_0666, port: 6)

  /// One host: its ends and its clock.
  final class Host {
    let device = MemoryDevice()
    let transport = MemoryTransport()
    let clock: ManualClock
    var relay: Relay

    init(_ own: SecretKey, _ peer: PublicKey, at place: Endpoint?, _ clock: ManualClock, isFloating: Bool = false)
      throws
    {
      self.clock = clock
      let wireFormat = try Party("salty", parameters(own, peer, at: clock.now()), clock: clock).wireFormat
      relay = Relay(
        Link(Session(wireFormat, peer: place, isFloating: isFloating), device: device, transport: transport),
        clock: clock)
    }
  }

  let keys = (caller: SecretKey(), waiting: SecretKey())
  private(set) var caller: Host
  private(set) var waiting: Host
  /// Where the caller is now.
  var place = Endpoint(ipv4: 0x0a00_0002, port: 2998)

  init() throws {
    caller = try Host(keys.caller, keys.waiting.publicKey, at: Self.server, ManualClock())
    waiting = try Host(keys.waiting, keys.caller.publicKey, at: nil, ManualClock())
  }

  func restartCaller(clock: ManualClock) throws {
    caller = try Host(keys.caller, keys.waiting.publicKey, at: Self.server, clock)
  }

  /// The caller sends a packet, both look at their timers, the network carries what there is; a second passes.
  func second() throws {
    caller.device.waiting = [[0x45, 1, 2]]
    _ = try caller.relay.relayOutbound()
    for host in [caller, waiting] { try host.relay.tick() }
    for _ in 0..<20 where !caller.transport.sent.isEmpty || !waiting.transport.sent.isEmpty {
      waiting.transport.waiting += caller.transport.takeSent().map { .init($0.bytes, place) }
      let home = waiting.transport.takeSent().filter { $0.endpoint == place }
      caller.transport.waiting += home.map { .init($0.bytes, Self.server) }
      for host in [waiting, caller] { _ = try host.relay.relayInbound() }
    }
    for host in [caller, waiting] { host.clock.advance(seconds: 1) }
  }

  /// Seconds until the next packet of the caller's arrives; nil if it takes an hour.
  func secondsUntilHeard() throws -> Int? {
    waiting.device.written = []
    for second in 0..<3600 {
      try self.second()
      if !waiting.device.written.isEmpty { return second }
    }
    return nil
  }
}
