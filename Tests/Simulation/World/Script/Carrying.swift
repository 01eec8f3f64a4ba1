import TunnelCore

/// What a step does to the world.
extension World {
  func carryOut(_ step: Step) {
    say(step.description)
    switch step {
    case .traffic(let way, let every): if let side = side(way) { setTraffic(side, every: .milliseconds(every)) }
    case .lose(let way, let percent): change(way) { $0.loss = Double(percent) }
    case .duplicate(let way, let percent): change(way) { $0.duplication = Double(percent) }
    case .damage(let way, let percent): change(way) { $0.damage = Double(percent) }
    case .delay(let way, let milliseconds, let jitter): change(way) { ($0.delay, $0.jitter) = (milliseconds, jitter) }
    case .cut(let way): change(way) { $0.isCut = true }
    case .heal(let way): change(way) { $0.isCut = false }
    case .narrow(let way, let mtu, let isTold): change(way) { ($0.mtu, $0.tellsMTU) = (mtu, isTold) }
    case .drop(let way, let kind): change(way) { $0.dropped = kind }
    case .forgetBindings: translator?.forget()
    case .bindings(let seconds): translator?.timeout = .seconds(Double(seconds))
    case .move(let name): if let host = host(name) { move(host) }
    case .moveBack(let name): if let host = host(name) { host.address = host.firstAddress }
    case .restart(let name, let down, let fate): if let host = host(name) { restart(host, after: down, fate) }
    case .reboot(let name, let down, let startsOver, let fate):
      if let host = host(name) { reboot(host, after: down, startsOver: startsOver, fate) }
    case .setClock(let name, let seconds): if let host = host(name) { setClock(host, by: seconds) }
    case .sleep(let name, let seconds):
      host(name)?.asleepUntil = beforeEnd(.seconds(Double(seconds)))
    case .backUp(let name): for side in host(name)?.sides ?? [] { side.file?.backUp() }
    case .replay(let way, let position, let count, let kind): replay(way, position, count, kind)
    case .forge(let way, let count, let kind): forge(way, count, kind)
    }
  }

  /// The last fault is over: the network is as it should be, everybody runs, and sends.
  func calm() {
    say("the last fault is over")
    isCalm = true
    conditions = [:]
    translator?.timeout = AddressTranslator.usualTimeout
    for host in hosts {
      // Nobody finds a side that waits, or two that both have moved, anywhere but where their configuration says.
      if host.name == .b || script.layout == .fixed { host.address = host.firstAddress }
    }
    for side in sides {
      start(side)
      side.transport.waiting = []
      side.transport.toldPathMTU = nil
      setTraffic(side, every: .milliseconds(script.proto == .salty ? 500 : 250))
    }
    makeRecoveryRules()
  }

  private func host(_ name: HostName) -> Host? { hosts.first { $0.name == name } }

  /// The side that sends this way; nil if there is none.
  func side(_ way: Way) -> Side? {
    let name =
      switch (way.from, way.to) {
      case (.a, .b): "a"
      case (.b, .a): "b"
      case (.c, .b): "c"
      case (.b, .c): "b2"
      default: ""
      }
    return sides.first { $0.name == name }
  }

  private func change(_ way: Way, _ change: (inout Conditions) -> Void) {
    change(&conditions[way, default: Conditions()])
  }

  private func move(_ host: Host) {
    if host.isBehindNAT { return }
    host.moves += 1
    host.address = host.firstAddress + 16 * (1 + host.moves % 15)
  }

  private func setClock(_ host: Host, by seconds: Int) {
    host.clock.step(bySeconds: seconds)
    for side in host.sides where seconds < 0 {
      side.record.wasSetBack = true
      judgeClock(side, at: host.clock.now())
    }
  }

  // MARK: Starting again

  private func restart(_ host: Host, after milliseconds: Int, _ fate: Step.FileFate) {
    for side in host.sides {
      stop(side)
      meet(side, fate)
    }
    queue.add(at: beforeEnd(.milliseconds(milliseconds))) { [unowned self] in for side in host.sides { start(side) } }
  }

  private func reboot(_ host: Host, after milliseconds: Int, startsOver: Bool, _ fate: Step.FileFate) {
    if host.isOff { return }
    host.isOff = true
    for side in host.sides {
      stop(side)
      if side.file?.losePower() == true { side.record.lostWrites = true }
      meet(side, fate)
    }
    queue.add(at: beforeEnd(.milliseconds(milliseconds))) { [unowned self] in
      (host.isOff, host.asleepUntil) = (false, 0)
      host.clock.boot(startingOver: startsOver)
      for side in host.sides { start(side) }
    }
  }

  /// Whoever is down is up again when the last fault is over.
  private func beforeEnd(_ wait: Time) -> Time { min(queue.now + wait, .milliseconds(script.end)) }

  private func meet(_ side: Side, _ fate: Step.FileFate) {
    if fate != .kept { side.record.lostItsFile = true }
    switch fate {
    case .kept: break
    case .lost: side.file?.delete()
    case .restored: side.file?.restore()
    }
  }
}
