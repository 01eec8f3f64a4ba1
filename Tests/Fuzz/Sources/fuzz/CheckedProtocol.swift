import TunnelCore

/// Holds a protocol to the contract of `PacketSealer` and `PacketOpener` at every call.
final class CheckedProtocol: PacketSealer, PacketOpener {
  private let inner: TunnelProtocol

  init(_ inner: TunnelProtocol) { self.inner = inner }

  static func checking(_ inner: TunnelProtocol) -> TunnelProtocol {
    let checked = CheckedProtocol(inner)
    return TunnelProtocol(sealer: checked, opener: checked)
  }

  var overhead: Int { inner.sealer.overhead }
  var headroom: Int { inner.sealer.headroom }
  var needsHandshake: Bool { inner.sealer.needsHandshake }

  private struct Slot {
    var state: PacketBatch.State
    var length: Int
    var endpoint: Endpoint
  }

  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {
    let before = Self.slots(of: packets)
    inner.sealer.seal(&packets, range, at: now)
    check(packets, before) { state, length, now in
      switch state {
      case .passed: now == length + overhead
      case .dropped: true
      case .pending, .consumed, .unproven: false
      }
    }
  }

  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    let before = Self.slots(of: datagrams)
    let controlCount = control.count
    inner.opener.open(&datagrams, range, control: &control, at: now)
    checkControl(control, from: controlCount)
    check(datagrams, before) { state, length, now in
      switch state {
      case .passed: now == length - overhead
      case .consumed, .unproven, .dropped: true
      case .pending: false
      }
    }
  }

  func tick(control: inout PacketBatch, at now: Moment) {
    let controlCount = control.count
    inner.opener.tick(control: &control, at: now)
    checkControl(control, from: controlCount)
  }

  func tick(at now: Moment) { inner.sealer.tick(at: now) }

  private static func slots(of batch: borrowing PacketBatch) -> [Slot] {
    (0..<batch.count).map {
      Slot(state: batch.state(of: $0), length: batch.length(of: $0), endpoint: batch.endpoint(of: $0))
    }
  }

  /// Every pending slot has an outcome that `isSound`, every other slot is as it was, and nobody's address changed: but
  /// what passed may have lost its own, for having been overtaken.
  private func check(
    _ batch: borrowing PacketBatch, _ before: [Slot],
    isSound: (_ state: PacketBatch.State, _ before: Int, _ now: Int) -> Bool
  ) {
    fuzz.check(batch.count == before.count, "a batch that protocols must not lengthen was lengthened")
    for (index, slot) in before.enumerated() {
      let (state, length) = (batch.state(of: index), batch.length(of: index))
      let isOvertaken = state == .passed && batch.endpoint(of: index) == .unspecified
      fuzz.check(batch.endpoint(of: index) == slot.endpoint || isOvertaken, "a slot's endpoint changed")
      if slot.state == .pending {
        fuzz.check(isSound(state, slot.length, length), "\(slot.length) bytes became \(length) bytes, \(state)")
      } else {
        fuzz.check(state == slot.state && length == slot.length, "a slot that was not pending was touched")
      }
    }
  }

  private func checkControl(_ control: borrowing PacketBatch, from first: Int) {
    for index in first..<control.count {
      fuzz.check(control.state(of: index) == .passed, "a control datagram is not passed")
      fuzz.check(control.length(of: index) > 0, "a control datagram is empty")
    }
  }
}
