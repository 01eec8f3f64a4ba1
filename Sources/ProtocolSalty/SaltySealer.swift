import Sodium
import TunnelCore

/// Data out: under whatever key the handshake has handed over.
final class SaltySealer: PacketSealer {
  let overhead = SaltyProtocol.dataOverhead
  let headroom = BoxStream.roomByteCount
  private let handover: KeyHandover
  /// Whether the last batch found no key, or one that is to be replaced.
  private(set) var needsHandshake = false

  init(_ handover: KeyHandover) { self.handover = handover }

  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {
    guard hasPending(packets, range) else { return needsHandshake = false }
    handover.hasSent(at: now)
    guard let cipher = handover.sendingCipher, now.monotonicSeconds < handover.deadline else {
      needsHandshake = true
      return dropAll(&packets, range)
    }
    for index in range where packets.isPending(index) {
      var span = packets[index, room: headroom]
      if cipher.seal(&span) {
        packets.extendFront(of: index, by: overhead)
        packets.pass(index)
      } else {
        packets.drop(index, .counterExhausted)
      }
    }
    needsHandshake = cipher.key.isNearlyUsedUp
  }

  private func hasPending(_ packets: borrowing PacketBatch, _ range: Range<Int>) -> Bool {
    for index in range where packets.isPending(index) { return true }
    return false
  }

  private func dropAll(_ packets: inout PacketBatch, _ range: Range<Int>) {
    for index in range where packets.isPending(index) { packets.drop(index, .noKey) }
  }
}
