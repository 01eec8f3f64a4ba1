import ProtocolKit
import Sodium
import TunnelCore

/// Both ends of a protocol, with nothing between them.
final class ProtocolPair {
  private let a: TunnelProtocol
  private let b: TunnelProtocol
  private let start: Moment
  private var packets = PacketBatch(byteCapacity: 1 << 20, slotCapacity: 128, headroom: 64)
  private var datagrams = PacketBatch(byteCapacity: 1 << 20, slotCapacity: 128, headroom: 64)
  private var control = PacketBatch(byteCapacity: 1 << 14, slotCapacity: 8, headroom: 64)
  private var answer = PacketBatch(byteCapacity: 1 << 14, slotCapacity: 8, headroom: 64)

  init(_ description: ProtocolDescription) throws {
    let keys = [SecretKey(), SecretKey()]
    let start = Moment(monotonicNanoseconds: 1, unixSeconds: 1_800_000_000, unixNanoseconds: 0)
    func end(_ index: Int) throws -> TunnelProtocol {
      try description.make(
        ProtocolParameters(secretKey: keys[index], peerKey: keys[1 - index].publicKey, start: start))
    }
    (self.start, a, b) = (start, try end(0), try end(1))
    shakeHands()
  }

  func time(length: Int) -> Time {
    let packet = [UInt8](repeating: 42, count: length)
    var times = (seal: [Double](), open: [Double]())
    for _ in 0..<Time.batches(for: length) {
      packets.removeAll()
      for _ in 0..<Time.packetsInBatch { _ = packets.appendCopy(of: packet.span.bytes) }
      times.seal.append(timed { a.seal(&packets, at: start) })
      datagrams.removeAll()
      Self.deliver(packets, into: &datagrams)
      times.open.append(timed { b.open(&datagrams, control: &control, at: start) })
      let arrived = (0..<datagrams.count).filter { datagrams.state(of: $0) == .passed }.count
      precondition(arrived == Time.packetsInBatch, "a packet was lost")
    }
    let count = Double(Time.packetsInBatch)
    return Time(seal: median(times.seal) / count, open: median(times.open) / count)
  }

  /// Whatever the two have to tell each other before packets can pass.
  private func shakeHands() {
    a.tick(control: &control, at: start)
    hand(control, to: b, answeredBy: a)
    control.removeAll()
    b.tick(control: &control, at: start)
    hand(control, to: a, answeredBy: b)
    control.removeAll()
  }

  /// Passes control datagrams on, and the answers back, until nobody has anything to say.
  private func hand(_ messages: borrowing PacketBatch, to first: TunnelProtocol, answeredBy second: TunnelProtocol) {
    datagrams.removeAll()
    Self.deliver(messages, into: &datagrams)
    var (end, other) = (first, second)
    while datagrams.count > 0 {
      answer.removeAll()
      end.open(&datagrams, control: &answer, at: start)
      datagrams.removeAll()
      Self.deliver(answer, into: &datagrams)
      (end, other) = (other, end)
    }
  }

  private static func deliver(_ sent: borrowing PacketBatch, into received: inout PacketBatch) {
    for index in 0..<sent.count {
      _ = received.appendCopy(of: sent.bytes(of: index))
    }
  }
}
