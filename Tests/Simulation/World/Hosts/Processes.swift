import BuiltinProtocols
import CMalloc
import ProtocolKit
import Sodium
import TunnelCore

/// Processes begin, work and end.
extension World {
  func start(_ side: Side) {
    guard side.relay == nil, !side.host.isOff else { return }
    side.run += 1
    side.startedAt = queue.now
    side.random = Draw(script.seed, .keys, UInt64(side.index), UInt64(side.run))
    side.record.begin()
    side.file?.reopen()
    side.transport.waiting = []
    side.device.waiting = []
    let now = side.host.clock.now()
    side.record.startSeconds = now.unixSeconds
    judgeClock(side, at: now)
    with(side) {
      let wireFormat = makeProtocol(side, at: now)
      let session = Session(
        wireFormat, peer: configuredPeer(of: side), isFloating: script.layout == .floats)
      session.onRoaming = { [unowned self, unowned side] from, to in judgeRoaming(of: side, from, to) }
      side.wireFormat = wireFormat
      side.relay = Relay(Link(session, device: side.device, transport: side.transport), clock: side.host.clock)
    }
    say("\(side.name) starts\(side.run == 1 ? "" : " again")")
    tick(side, side.run)
  }

  private func makeProtocol(_ side: Side, at now: Moment) -> TunnelProtocol {
    let peerKey = sides[side.peerIndex].secret.publicKey
    if side.program == .old {
      return script.proto == .salty
        ? OldQuicktun.salty(secret: side.secret, peer: peerKey, at: now)
        : OldQuicktun.nacltai(
          secret: side.secret, peer: peerKey, timeWindow: script.timeWindow.map { UInt32($0) }, at: now)
    }
    var parameters = ProtocolParameters(
      secretKey: side.secret, peerKey: peerKey, replayWindow: script.replayWindow, start: now)
    parameters.mark = side.file
    if let window = script.timeWindow { parameters[.timeWindow] = UInt32(window) }
    guard let made = try? builtinProtocols.named(script.proto.rawValue)?.make(parameters) else {
      fatalError("no \(script.proto)")
    }
    return made
  }

  /// As its configuration file has it.
  private func configuredPeer(of side: Side) -> Endpoint? {
    guard side.calls else { return nil }
    let peer = sides[side.peerIndex]
    return Endpoint(ipv4: peer.host.firstAddress, port: peer.port)
  }

  /// The process is gone, and what it knew. Its memory is looked at.
  func stop(_ side: Side) {
    guard side.relay != nil else { return }
    side.relay = nil
    // In one world of eight: to add the heap up takes as long as a hundred packets.
    let isMeasured = script.seed % 8 == 0
    let before = isMeasured ? mallinfo2().uordblks : 0
    side.wireFormat = nil
    if isMeasured { judgeMemory(of: side, heap: before - mallinfo2().uordblks) }
  }

  // MARK: Work

  func tick(_ side: Side, _ run: Int) {
    guard side.run == run, let relay = side.relay else { return }
    if side.host.asleepUntil > queue.now {
      return queue.add(at: side.host.asleepUntil) { [unowned self] in tick(side, run) }
    }
    work(side) { try relay.tick() }
    let seconds: Time = side.program == .old ? 5 : 1
    queue.add(at: queue.now + .milliseconds(Int(seconds) * 1000 + timingDraw.within(0...20))) { [unowned self] in
      tick(side, run)
    }
  }

  /// Lets a side look at its socket and its device soon.
  func wake(_ side: Side) {
    if side.isAwake { return }
    side.isAwake = true
    let soon = queue.now + Time(timingDraw.within(0...2_000_000))
    queue.add(at: max(soon, side.host.asleepUntil)) { [unowned self] in
      side.isAwake = false
      guard let relay = side.relay else { return }
      if side.host.asleepUntil > queue.now { return wake(side) }
      work(side) {
        while try relay.relayInbound() == .more {}
        while try relay.relayOutbound() == .more {}
      }
    }
  }

  private func work(_ side: Side, _ body: () throws -> Void) {
    do {
      try with(side, body)
    } catch {
      fatalError("\(side.name): \(error)")
    }
    observe(side)
  }

  // MARK: Traffic

  func setTraffic(_ side: Side, every interval: Time) {
    side.trafficInterval = interval
    side.trafficPlan += 1
    if interval > 0 { planPacket(side, side.trafficPlan) }
  }

  private func planPacket(_ side: Side, _ plan: Int) {
    let wait = side.trafficInterval * 3 / 4 + Time(timingDraw.within(0...Int(side.trafficInterval / 2)))
    queue.add(at: queue.now + wait) { [unowned self] in
      guard side.trafficPlan == plan else { return }
      sendPacket(side)
      planPacket(side, plan)
    }
  }

  private func sendPacket(_ side: Side) {
    var draw = Draw(script.seed, .traffic, UInt64(side.index), UInt64(deliveries.ofSide[side.index].count))
    let length = isCalm || draw.happens(80) ? draw.within(Deliveries.shortest...120) : draw.within(120...1400)
    let packet = deliveries.make(side.index, length: length, at: queue.now)
    // A kernel whose daemon is down drops it.
    guard side.relay != nil else { return }
    side.device.waiting.append(packet)
    wake(side)
  }
}

extension SideRecord {
  /// A new process knows nothing.
  mutating func begin() {
    read = []
    batch = []
    leaving = []
    highestAccepted = 0
    newestDelivered = -1
    wasSetBack = false
    announced = nil
  }
}
