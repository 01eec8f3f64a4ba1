import TunnelCore

/// What the attacker does: it hears every datagram, keeps it for ever, and sends what it likes, from wherever it likes.
extension World {
  /// Of TEST-NET-2 (RFC 5737).
  private static let ownPlace = Endpoint(ipv4: 0xc633_6407, port: 4711)

  func replay(_ way: Way, _ position: Int, _ count: Int, _ kind: Step.Replay) {
    guard let side = side(way) else { return }
    let recorded = wire.ofSide[side.index]
    if recorded.isEmpty { return }
    let first = min(recorded.count - 1, recorded.count * position / 1000)
    for (index, number) in recorded[first..<min(recorded.count, first + count)].enumerated() {
      replay(wire.datagrams[number], kind, after: .milliseconds(index))
    }
  }

  private func replay(_ recorded: Wire.Datagram, _ kind: Step.Replay, after delay: Time) {
    var bytes = recorded.bytes
    var (source, target) = (recorded.from, recorded.to)
    switch kind {
    case .again: break
    case .elsewhere: source = Self.ownPlace
    case .back: (source, target) = (target, source)
    case .across, .disguised:
      guard let other = otherPort(than: recorded.side ^ 1) else { return }
      target = other.endpoint
      if kind == .disguised, let last = wire.ofSide[other.peerIndex].last { source = wire.datagrams[last].from }
    case .flipped: bytes[attackerDraw.within(0...bytes.count - 1)] ^= 1 << UInt8(attackerDraw.within(0...7))
    case .shortened: bytes.removeLast(attackerDraw.within(1...bytes.count))
    case .lengthened:
      bytes += (0..<attackerDraw.within(1...64)).map { _ in UInt8(truncatingIfNeeded: attackerDraw.next()) }
    }
    inject(bytes, from: source, to: target, after: delay)
  }

  /// The other tunnel's end on the same host.
  private func otherPort(than index: Int) -> Side? {
    sides.first { $0.index != index && $0.host === sides[index].host }
  }

  func forge(_ way: Way, _ count: Int, _ kind: Step.Forgery) {
    guard let side = side(way) else { return }
    let peer = sides[side.peerIndex]
    let heard = wire.ofSide[side.index].last.map { wire.datagrams[$0] }
    for index in 0..<count {
      let source = attackerDraw.happens(50) ? heard?.from ?? Self.ownPlace : Self.ownPlace
      inject(forgery(kind), from: source, to: heard?.to ?? peer.endpoint, after: .milliseconds(index))
    }
  }

  /// The first 16 bytes may be what a true one begins with.
  private func forgery(_ kind: Step.Forgery) -> [UInt8] {
    let length = kind == .control ? 146 : attackerDraw.within(0...200)
    var bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: attackerDraw.next()) }
    if script.proto == .nacltai && length >= 16 && kind != .noise {
      let seconds = 4_611_686_018_427_387_914 + UInt64(HostClock.beginning) + queue.now / 1_000_000_000
      for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: seconds >> (56 - 8 * UInt64(index))) }
    } else if kind == .control {
      let time = UInt64(HostClock.beginning) << 8 + UInt64(attackerDraw.within(0...1_000_000))
      bytes[0] = 0x80
      for index in 0..<8 { bytes[1 + index] = UInt8(truncatingIfNeeded: time >> (56 - 8 * UInt64(index))) }
    } else if kind == .data && length > 4 {
      (bytes[0], bytes[1], bytes[2]) = (bytes[0] & 0x60, 0, 0)
    }
    return bytes
  }
}
