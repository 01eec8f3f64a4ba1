import TunnelCore

/// From a side's socket to another's.
extension World {
  /// A datagram leaves a side's socket.
  func send(_ bytes: [UInt8], from side: Side, to remote: Endpoint) {
    var source = side.endpoint
    if side.host.isBehindNAT, let outside = translator?.leaves(from: source, to: remote, at: queue.now) {
      source = outside
    }
    guard let way = way(from: side.host, to: remote) else { return }
    hear(bytes, side, source, remote)
    let conditions = conditions[way] ?? Conditions()
    if side.transport.headerBytes(towards: remote) + bytes.count > conditions.mtu,
      !fits(bytes, side, conditions)
    {
      return
    }
    if conditions.isCut || conditions.dropped?.covers(bytes) == true || networkDraw.happens(conditions.loss) { return }
    let copies = networkDraw.happens(conditions.duplication) ? 2 : 1
    for _ in 0..<copies {
      let delay = Time.milliseconds(conditions.delay) + Time(networkDraw.within(0...conditions.jitter * 1_000_000))
      let arriving = networkDraw.happens(conditions.damage) ? damaged(bytes) : bytes
      inject(arriving, from: source, to: remote, after: delay)
    }
  }

  /// Whether what is longer than the path carries gets there all the same: in pieces, once a router has said how much
  /// it carries. This one does not, but the next may.
  private func fits(_ bytes: [UInt8], _ side: Side, _ conditions: Conditions) -> Bool {
    if !conditions.tellsMTU { return false }
    defer { side.transport.toldPathMTU = conditions.mtu }
    return side.transport.toldPathMTU.map { $0 <= conditions.mtu } ?? false
  }

  private func hear(_ bytes: [UInt8], _ side: Side, _ source: Endpoint, _ remote: Endpoint) {
    wire.hear(
      Wire.Datagram(
        bytes: bytes, from: source, to: remote, time: queue.now, side: side.index, number: Message.number(bytes, script)
      ))
  }

  private func damaged(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    var bytes = bytes
    bytes[networkDraw.within(0...bytes.count - 1)] ^= 1 << UInt8(networkDraw.within(0...7))
    return bytes
  }

  /// A datagram that says to come from `source` arrives at `target`, whoever has that address then.
  func inject(_ bytes: [UInt8], from source: Endpoint, to target: Endpoint, after delay: Time) {
    let wasCalm = isCalm
    queue.add(at: queue.now + delay) { [unowned self] in
      // What is on its way when the last fault is over was sent, or held up, by one.
      guard isCalm == wasCalm, let side = owner(of: target, for: source), side.relay != nil else { return }
      side.transport.arrive(bytes, from: source)
      wake(side)
    }
  }

  private func owner(of target: Endpoint, for source: Endpoint) -> Side? {
    var target = target
    if translator?.owns(target) == true {
      guard let inside = translator?.enters(to: target, from: source, at: queue.now) else { return nil }
      target = inside
    } else if hosts.contains(where: { $0.isBehindNAT && UInt64($0.address) == target.low }) {
      return nil  // nobody routes that
    }
    return sides.first { $0.endpoint == target }
  }

  /// Which way a datagram takes; nil for nowhere.
  private func way(from host: Host, to remote: Endpoint) -> Way? {
    var low = remote.low
    if let translator, translator.owns(remote) { low = UInt64(hosts[0].address) }
    guard let to = hosts.first(where: { UInt64($0.address) == low }), to !== host else {
      // To an address that is nobody's: heard, but in vain.
      return Way(from: host.name, to: host.name == .b ? .a : .b)
    }
    return Way(from: host.name, to: to.name)
  }
}
