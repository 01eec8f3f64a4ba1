import BuiltinProtocols
import ProtocolKit
import Sodium
import Testing
import TunnelCore
import TunnelTesting

/// One protocol object without a relay: packets in, datagrams out, and back.
final class Party {
  let wireFormat: TunnelProtocol
  let clock: ManualClock
  /// Control datagrams that it wants to send.
  private(set) var control: [[UInt8]] = []

  init(_ name: String, _ parameters: ProtocolParameters, clock: ManualClock = ManualClock()) throws {
    let description = try #require(builtinProtocols.first { $0.name == name })
    wireFormat = try description.make(parameters)
    self.clock = clock
  }

  private func batch() -> PacketBatch { PacketBatch(byteCapacity: 300_000, slotCapacity: 64) }

  private func collect(_ batch: borrowing PacketBatch) {
    for index in 0..<batch.count where batch.state(of: index) == .passed { control.append(batch.copy(of: index)) }
  }

  func tick() {
    var answers = batch()
    wireFormat.tick(control: &answers, at: clock.now())
    collect(answers)
  }

  /// The datagram for `packet`, or why there is none.
  func seal(_ packet: [UInt8]) -> Result<[UInt8], Dropped> {
    var packets = batch()
    var answers = batch()
    let fits = packets.appendCopy(of: packet, from: .unspecified)
    #expect(fits)
    wireFormat.seal(&packets, at: clock.now())
    if wireFormat.sealer.needsHandshake { wireFormat.opener.tick(control: &answers, at: clock.now()) }
    collect(answers)
    return Self.result(packets)
  }

  /// The packet in `datagram`, or why it is not taken.
  func open(_ datagram: [UInt8]) -> Result<[UInt8], Dropped> {
    var datagrams = batch()
    var answers = batch()
    let fits = datagrams.appendCopy(of: datagram, from: Endpoint(ipv4: 1, port: 1))
    #expect(fits)
    wireFormat.open(&datagrams, control: &answers, at: clock.now())
    collect(answers)
    return Self.result(datagrams)
  }

  private static func result(_ batch: borrowing PacketBatch) -> Result<[UInt8], Dropped> {
    switch batch.state(of: 0) {
    case .passed: .success(batch.copy(of: 0))
    case .consumed: .failure(.consumed)
    case .unproven: .failure(.unproven)
    case .dropped(let reason): .failure(.dropped(reason))
    case .pending: .failure(.forgotten)
    }
  }

  /// What became of a packet that did not come out.
  enum Dropped: Error, Equatable {
    case dropped(DropReason)
    /// A control datagram that was taken.
    case consumed
    /// The same, but nothing in it was of this run.
    case unproven
    /// The protocol never looked at it.
    case forgotten
  }
}

extension Result where Success == [UInt8], Failure == Party.Dropped {
  var packet: [UInt8]? { try? get() }
  var dropReason: DropReason? {
    if case .failure(.dropped(let reason)) = self { return reason }
    return nil
  }
}

func parameters(
  _ secret: SecretKey?, _ peer: PublicKey?, at start: Moment = ManualClock().now()
) -> ProtocolParameters {
  ProtocolParameters(secretKey: secret, peerKey: peer, start: start)
}
