/// Scripts from nothing but a number.
extension Script {
  /// The world that `seed` makes of this pair of protocol and layout, with these programs.
  package static func invented(
    seed: UInt64, _ proto: WireFormat, _ layout: Layout, _ a: Program = .ours, _ b: Program = .ours
  ) -> Script {
    var draw = Draw(seed, .script)
    // Most things happen within a minute; a new key comes after five, and the last one ends after fifteen.
    let seconds =
      draw.happens(4) ? 2100 : draw.happens(15) ? draw.among([380, 720]) : draw.among([10, 20, 40, 60, 90])
    var script = Script(proto: proto, layout: layout, a: a, b: b, seed: seed, end: seconds * 1000)
    script.chooseSurroundings(&draw)
    let hosts: [HostName] = script.hasSecond ? [.a, .b, .c] : [.a, .b]
    let ways = script.hasSecond ? [Way.ab, .ab.back, .cb, .cb.back] : [Way.ab, .ab.back]
    for way in ways {
      let range = seconds > 300 ? 3000...20_000 : 250...4000
      script.add(.traffic(way, every: draw.happens(85) ? draw.within(range) : 0), at: 0)
    }
    var times = (0..<draw.among([0, 1, 2, 3, 4, 5, 6, 8, 10, 14])).map { _ in draw.within(0...script.end - 1) }
    // The last moments are when it matters most how things stand.
    if draw.happens(60) { times.append(script.end - draw.within(1...min(12_000, script.end))) }
    for time in times { script.invent(at: time, hosts, ways, &draw) }
    script.steps.sort { $0.time < $1.time }
    return script
  }

  private mutating func chooseSurroundings(_ draw: inout Draw) {
    hasNAT = layout == .waits && draw.happens(40)
    hasSecond = layout == .waits && draw.happens(25)
    hasState = draw.happens(80)
    replayWindow = draw.among([2048, 2048, 2048, 64, 5])
    if draw.happens(50) { clocks = [draw.among(Self.wrongClocks), draw.among(Self.wrongClocks)] }
    if draw.happens(50) { drifts = [draw.within(-80...80), draw.within(-80...80)] }
    // Only where both clocks are right, as the manual has it.
    if proto == .nacltai && clocks == [0, 0] && draw.happens(30) { timeWindow = 60 }
  }

  private static let wrongClocks = [0, 0, 1, -1, 20, -40, 3600, -7200, 86_400, -850_000_000]

  private mutating func add(_ step: Step, at time: Int) { steps.append(Timed(time: time, step: step)) }

  /// Something that happens, and what ends it, if that does not last.
  private mutating func invent(at time: Int, _ hosts: [HostName], _ ways: [Way], _ draw: inout Draw) {
    let (way, host) = (draw.among(ways), draw.among(hosts))
    let until = min(end - 1, time + draw.among([300, 1500, 4000, 12_000, 40_000, 320_000, 950_000]))
    switch draw.within(0...31) {
    case 0, 1: add(.traffic(way, every: draw.among([0, 0, end > 300_000 ? 2000 : 250, 3000, 30_000])), at: time)
    case 2: spell(.lose(way, percent: draw.among([5, 30, 80])), .lose(way, percent: 0), time, until)
    case 3: spell(.duplicate(way, percent: draw.among([10, 50])), .duplicate(way, percent: 0), time, until)
    case 4: spell(.damage(way, percent: draw.among([5, 40])), .damage(way, percent: 0), time, until)
    case 5, 6:
      let slow = Step.delay(
        way, milliseconds: draw.among([1, 200, 900, 2500, 7000]), jitter: draw.among([1, 50, 800, 3000]))
      spell(slow, .delay(way, milliseconds: 5, jitter: 1), time, until)
    case 7, 8: spell(.cut(way), .heal(way), time, until)
    case 9, 10:
      spell(.cut(way), .heal(way), time, until)
      spell(.cut(way.back), .heal(way.back), time, until)
    case 11:
      let narrow = Step.narrow(way, mtu: draw.within(576...1500), isTold: draw.happens(50))
      spell(narrow, .narrow(way, mtu: 1500, isTold: true), time, until)
    case 12, 13:
      let kinds: [Conditions.Kind] = [
        .control, .control, .data, .over(draw.within(60...800)), .under(draw.within(60...800)),
      ]
      spell(.drop(way, draw.among(kinds)), .drop(way, nil), time, until)
    case 14: add(.forgetBindings, at: time)
    case 15: add(.bindings(expireAfter: draw.among([2, 10, 30, 120])), at: time)
    case 16, 17: move(host, time, until, &draw)
    case 18...21:
      add(.restart(host, down: draw.among([5, 300, 2000, 9000, 60_000]), fate(&draw)), at: time)
    case 22, 23:
      let down = draw.among([2000, 20_000, 120_000])
      add(.reboot(host, down: down, startsOver: draw.happens(50), fate(&draw)), at: time)
      // Then comes the time from the network, if it does.
      if draw.happens(50) {
        add(.setClock(host, by: draw.among([820_000_000, 5, -5])), at: min(end - 1, time + down + 4000))
      }
    case 24: add(.setClock(host, by: draw.among([-1, 1, -70, 70, -4000, 4000, 100_000])), at: time)
    case 25: add(.sleep(host, seconds: draw.among([1, 8, 40, 310, 1000])), at: time)
    case 26: add(.backUp(host), at: time)
    case 27...30: attack(way, time, &draw)
    default: add(.forge(way, count: draw.among([1, 40, 400]), draw.among([.noise, .control, .data])), at: time)
    }
  }

  private mutating func spell(_ step: Step, _ over: Step, _ time: Int, _ until: Int) {
    add(step, at: time)
    add(over, at: until)
  }

  private func fate(_ draw: inout Draw) -> Step.FileFate {
    draw.happens(60) ? .kept : draw.among([.lost, .restored])
  }

  private mutating func move(_ host: HostName, _ time: Int, _ until: Int, _ draw: inout Draw) {
    add(.move(host), at: time)
    if draw.happens(50) { add(.moveBack(host), at: until) }
  }

  private mutating func attack(_ way: Way, _ time: Int, _ draw: inout Draw) {
    let kinds: [Step.Replay] = [.again, .again, .elsewhere, .elsewhere, .back, .flipped, .shortened, .lengthened]
    let across: [Step.Replay] = hasSecond ? [.across, .disguised, .disguised] : []
    let kind = draw.among(kinds + across)
    // The latest are the most dangerous, and the first.
    let position = draw.among([0, 0, 500, 900, 960, 990, 1000, draw.within(0...1000)])
    for _ in 0..<draw.among([1, 1, 2, 4]) {
      let when = min(end - 1, time + draw.within(0...30_000))
      add(.replay(way, position: position, count: draw.among([1, 3, 20, 100]), kind), at: when)
    }
  }
}

extension Way {
  static let ab = Way(from: .a, to: .b)
  static let cb = Way(from: .c, to: .b)
}
