import Sodium
import Testing

@testable import Simulation
@testable import TunnelCore

/// A model of the original in a session, with a clock that stands still unless it is turned.
final class OldParty {
  /// Where the peer is, or seems to be.
  static let peer = Endpoint(ipv4: 1, port: 2999)
  static let elsewhere = Endpoint(ipv4: 1, port: 3000)

  /// What one step made it do.
  struct Effects: Equatable {
    var isTaken = false
    /// Datagrams to `peer`, in order.
    var sent: [[UInt8]] = []
    /// Packets to the device; an empty one is written nowhere.
    var written: [[UInt8]] = []
  }

  private let session: Session
  private let wireFormat: TunnelProtocol
  var unixSeconds: Int64

  init(_ wireFormat: TunnelProtocol, isFloating: Bool = false, unixSeconds: Int64) {
    self.wireFormat = wireFormat
    self.unixSeconds = unixSeconds
    session = Session(wireFormat, peer: isFloating ? nil : Self.peer, isFloating: isFloating)
  }

  static func moment(_ unixSeconds: Int64, nanoseconds: UInt32 = 0) -> Moment {
    Moment(monotonicNanoseconds: 0, unixSeconds: unixSeconds, unixNanoseconds: nanoseconds)
  }

  private var now: Moment { Self.moment(unixSeconds) }

  private func batch() -> PacketBatch { PacketBatch(byteCapacity: 10_000, slotCapacity: 8) }

  private func sent(_ datagrams: inout PacketBatch) -> [[UInt8]] {
    session.address(&datagrams)
    return (0..<datagrams.count).filter {
      datagrams.state(of: $0) == .passed && datagrams.endpoint(of: $0) == Self.peer
    }.map { datagrams.copy(of: $0) }
  }

  func tick() -> Effects {
    var control = batch()
    wireFormat.tick(control: &control, at: now)
    return Effects(sent: sent(&control))
  }

  /// The device hands over `packet`. As with the original, what it says on its own counts as sent before the datagram.
  func seal(_ packet: [UInt8]) -> Effects {
    var packets = batch()
    packets.appendCopy(of: packet.span.bytes)
    wireFormat.seal(&packets, at: now)
    let datagrams = sent(&packets)
    let control = wireFormat.sealer.needsHandshake ? tick().sent : []
    return Effects(sent: control + datagrams)
  }

  func open(_ datagram: [UInt8], from source: Endpoint = peer) -> Effects {
    var datagrams = batch()
    var control = batch()
    datagrams.appendCopy(of: datagram.span.bytes, from: source)
    wireFormat.open(&datagrams, control: &control, at: now)
    var effects = Effects(sent: sent(&control))
    session.follow(datagrams, 0..<1, at: now)
    switch datagrams.state(of: 0) {
    case .passed:
      effects.isTaken = true
      if datagrams.length(of: 0) > 0 { effects.written = [datagrams.copy(of: 0)] }
    case .consumed: effects.isTaken = true
    case .pending, .unproven, .dropped: break
    }
    return effects
  }
}
