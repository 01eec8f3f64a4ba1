import ProtocolKit
import Sodium
import TunnelCore

/// What a peer and the other end say to each other, with nothing between them. The batches are made once: they are a
/// thread's, not a peer's.
final class Conversation {
  private let description: ProtocolDescription
  private let ownKey = SecretKey()
  private var now = Moment(monotonicNanoseconds: 1, unixSeconds: 1_800_000_000, unixNanoseconds: 0)
  private var packets = PacketBatch(byteCapacity: 1 << 16, slotCapacity: 64)
  private var datagrams = PacketBatch(byteCapacity: 1 << 16, slotCapacity: 64)
  private var control = PacketBatch(byteCapacity: 1 << 14, slotCapacity: 8)

  init(_ description: ProtocolDescription) { self.description = description }

  /// This side of it; the other one is forgotten.
  func session(after history: PeerHistory) throws -> Session {
    let otherKey = SecretKey()
    let near = try end(ownKey, otherKey.publicKey)
    let far = try end(otherKey, ownKey.publicKey)
    start(near, far)
    send(16, from: near, to: far)
    send(history == .few ? 16 : PeerHistory.manyPackets, from: far, to: near)
    if history == .keys {
      for _ in 0..<4 {
        renewKeys(near, far)
        send(PeerHistory.manyPackets, from: far, to: near)
      }
    }
    if history == .silent { rest(near) }
    return Session(near, peer: Endpoint(ipv4: 0x0a00_0001, port: 2998), isFloating: true)
  }

  private func end(_ own: SecretKey, _ other: PublicKey) throws -> TunnelProtocol {
    try description.make(ProtocolParameters(secretKey: own, peerKey: other, start: now))
  }

  /// A few seconds, so that handshakes have their time.
  private func start(_ near: TunnelProtocol, _ far: TunnelProtocol) {
    for _ in 0..<4 {
      for (end, other) in [(near, far), (far, near)] {
        end.tick(control: &control, at: now)
        deliverControl(to: other, from: end)
      }
      pass(seconds: 1)
    }
  }

  /// Two minutes in which nothing comes.
  private func rest(_ near: TunnelProtocol) {
    for _ in 0..<120 {
      pass(seconds: 1)
      near.tick(control: &control, at: now)
      control.removeAll()
    }
  }

  /// Five minutes and a second: salty's keys are replaced.
  private func renewKeys(_ near: TunnelProtocol, _ far: TunnelProtocol) {
    pass(seconds: 301)
    start(near, far)
  }

  private func pass(seconds: UInt64) {
    now.monotonicNanoseconds += seconds * 1_000_000_000
    now.unixSeconds += Int64(seconds)
  }

  /// Carries control datagrams, and the answers to them, until nobody has anything to say.
  private func deliverControl(to receiver: TunnelProtocol, from sender: TunnelProtocol) {
    var (receiver, sender) = (receiver, sender)
    while !control.isEmpty {
      Self.deliver(control, into: &datagrams)
      control.removeAll()
      receiver.open(&datagrams, control: &control, at: now)
      (receiver, sender) = (sender, receiver)
    }
  }

  private func send(_ count: Int, from sender: TunnelProtocol, to receiver: TunnelProtocol) {
    let packet = [UInt8](repeating: 0x45, count: 64)
    for _ in 0..<count / 16 {
      packets.removeAll()
      for _ in 0..<16 { _ = packets.appendCopy(of: packet.span.bytes) }
      sender.seal(&packets, at: now)
      Self.deliver(packets, into: &datagrams)
      receiver.open(&datagrams, control: &control, at: now)
      control.removeAll()
      for index in 0..<16 { precondition(datagrams.state(of: index) == .passed, "a packet was lost") }
    }
  }

  private static func deliver(_ sent: borrowing PacketBatch, into received: inout PacketBatch) {
    received.removeAll()
    for index in 0..<sent.count { _ = received.appendCopy(of: sent.bytes(of: index)) }
  }
}
