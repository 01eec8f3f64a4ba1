import ProtocolKit
import ProtocolSequence
import Sodium
import TunnelCore
import TunnelTesting

/// One end of a tunnel in memory: what it is given to send lies in `device.waiting`, what it sent in `transport.sent`.
final class End {
  let device = MemoryDevice()
  let transport = MemoryTransport()
  let relay: Relay
  let endpoint: Endpoint

  init(_ parameters: ProtocolParameters, at endpoint: Endpoint, clock: any Clock) throws {
    self.endpoint = endpoint
    let wireFormat = try SequenceProtocol.description.make(parameters)
    relay = Relay(
      Link(Session(wireFormat, peer: End.address(99), isFloating: true), device: device, transport: transport),
      clock: clock)
  }

  /// Seals packets and returns the datagrams.
  func send(_ packets: [UInt8]...) throws -> [[UInt8]] {
    device.waiting += packets
    while try relay.relayOutbound() == .more {}
    return transport.takeSent().map(\.bytes)
  }

  /// Opens datagrams that come from `endpoint` and returns what was written to the device.
  func receive(_ datagrams: [[UInt8]], from endpoint: Endpoint) throws -> [[UInt8]] {
    transport.waiting += datagrams.map { .init($0, endpoint) }
    while try relay.relayInbound() == .more {}
    defer { device.written = [] }
    return device.written
  }

  func drops(_ reason: DropReason) -> UInt64 { relay.session.counters.inbound.drops[reason] }

  static func address(_ last: UInt32) -> Endpoint { Endpoint(ipv4: 0xc000_0200 + last, port: 2998) }
}

/// Two ends that hold each other's keys, and the clock that both look at.
final class TwoEnds {
  static let start = ManualClock().now()

  let clock = ManualClock()
  private let keys = [SecretKey(), SecretKey()]
  private(set) var a: End
  private(set) var b: End

  init(replayWindow: Int = 2048) throws {
    let keys = keys
    let clock = clock
    func end(_ index: Int) throws -> End {
      let parameters = ProtocolParameters(
        secretKey: keys[index], peerKey: keys[1 - index].publicKey, replayWindow: replayWindow, start: clock.now())
      return try End(parameters, at: End.address(UInt32(index)), clock: clock)
    }
    (a, b) = (try end(0), try end(1))
  }

  /// Starts `a` again: all that it remembered is gone.
  func restartA() throws { a = try restarted(0) }

  /// Starts `b` again, with other settings.
  func restartB(_ set: (inout ProtocolParameters) -> Void = { _ in }) throws { b = try restarted(1, set) }

  private func restarted(_ index: Int, _ set: (inout ProtocolParameters) -> Void = { _ in }) throws -> End {
    var parameters = ProtocolParameters(
      secretKey: keys[index], peerKey: keys[1 - index].publicKey, start: clock.now())
    set(&parameters)
    return try End(parameters, at: End.address(UInt32(index)), clock: clock)
  }

  func deliverToB(_ datagrams: [[UInt8]]) throws -> [[UInt8]] { try b.receive(datagrams, from: a.endpoint) }
}
