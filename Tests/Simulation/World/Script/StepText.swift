extension Step: CustomStringConvertible {
  var description: String {
    switch self {
    case .traffic(let way, let every): "traffic \(way) every \(every) ms"
    case .lose(let way, let percent): "lose \(way) \(percent) %"
    case .duplicate(let way, let percent): "duplicate \(way) \(percent) %"
    case .damage(let way, let percent): "damage \(way) \(percent) %"
    case .delay(let way, let milliseconds, let jitter): "delay \(way) \(milliseconds) ms and up to \(jitter) ms"
    case .cut(let way): "cut \(way)"
    case .heal(let way): "heal \(way)"
    case .narrow(let way, let mtu, let isTold): "narrow \(way) \(mtu) \(isTold ? "told" : "silently")"
    case .drop(let way, let kind): "drop \(way) \(kind.map { "\($0)" } ?? "nothing")"
    case .forgetBindings: "nat forgets"
    case .bindings(let seconds): "nat expires after \(seconds) s"
    case .move(let host): "move \(host)"
    case .moveBack(let host): "return \(host)"
    case .restart(let host, let down, let fate): "restart \(host) down \(down) ms file \(fate)"
    case .reboot(let host, let down, let startsOver, let fate):
      "reboot \(host) down \(down) ms clock \(startsOver ? "over" : "kept") file \(fate)"
    case .setClock(let host, let seconds): "clock \(host) by \(seconds) s"
    case .sleep(let host, let seconds): "sleep \(host) \(seconds) s"
    case .backUp(let host): "backup \(host)"
    case .replay(let way, let position, let count, let kind): "replay \(way) from \(position) count \(count) \(kind)"
    case .forge(let way, let count, let kind): "forge \(way) count \(count) \(kind)"
    }
  }

  /// The step that a line describes; nil if it describes none.
  init?(_ line: String) {
    let words = line.split(separator: " ").map(String.init)
    func number(_ index: Int) -> Int? { index < words.count ? Int(words[index]) : nil }
    func word<Value: RawRepresentable>(_ index: Int) -> Value? where Value.RawValue == String {
      index < words.count ? Value(rawValue: words[index]) : nil
    }
    let way = words.count > 1 ? Way(words[1]) : nil
    let host: HostName? = word(1)
    var step: Step?
    switch (words.first, way, host) {
    case ("traffic", let way?, _): step = number(3).map { .traffic(way, every: $0) }
    case ("lose", let way?, _): step = number(2).map { .lose(way, percent: $0) }
    case ("duplicate", let way?, _): step = number(2).map { .duplicate(way, percent: $0) }
    case ("damage", let way?, _): step = number(2).map { .damage(way, percent: $0) }
    case ("delay", let way?, _):
      if let delay = number(2), let jitter = number(7) { step = .delay(way, milliseconds: delay, jitter: jitter) }
    case ("cut", let way?, _): step = .cut(way)
    case ("heal", let way?, _): step = .heal(way)
    case ("narrow", let way?, _): step = number(2).map { .narrow(way, mtu: $0, isTold: words.last == "told") }
    case ("drop", let way?, _): step = .drop(way, Conditions.Kind(words.dropFirst(2).joined(separator: " ")))
    case ("nat", _, _): step = words.last == "forgets" ? .forgetBindings : number(3).map { .bindings(expireAfter: $0) }
    case ("move", _, let host?): step = .move(host)
    case ("return", _, let host?): step = .moveBack(host)
    case ("restart", _, let host?):
      if let down = number(3), let fate: FileFate = word(6) { step = .restart(host, down: down, fate) }
    case ("reboot", _, let host?):
      if let down = number(3), let fate: FileFate = word(8) {
        step = .reboot(host, down: down, startsOver: words[6] == "over", fate)
      }
    case ("clock", _, let host?): step = number(3).map { .setClock(host, by: $0) }
    case ("sleep", _, let host?): step = number(2).map { .sleep(host, seconds: $0) }
    case ("backup", _, let host?): step = .backUp(host)
    case ("replay", let way?, _):
      if let position = number(3), let count = number(5), let kind: Replay = word(6) {
        step = .replay(way, position: position, count: count, kind)
      }
    case ("forge", let way?, _):
      if let count = number(3), let kind: Forgery = word(4) { step = .forge(way, count: count, kind) }
    default: break
    }
    guard let step, step.description == line else { return nil }
    self = step
  }
}

extension Way: CustomStringConvertible {
  var description: String { "\(from)>\(to)" }

  init?(_ text: String) {
    let names = text.split(separator: ">").compactMap { HostName(rawValue: String($0)) }
    guard names.count == 2, names[0] != names[1] else { return nil }
    self.init(from: names[0], to: names[1])
  }

  var back: Way { Way(from: to, to: from) }
}

extension Conditions.Kind: CustomStringConvertible {
  var description: String {
    switch self {
    case .control: "control"
    case .data: "data"
    case .over(let length): "over \(length)"
    case .under(let length): "under \(length)"
    }
  }

  init?(_ text: String) {
    let words = text.split(separator: " ")
    switch (words.first, words.count > 1 ? Int(words[1]) : nil) {
    case ("control", _): self = .control
    case ("data", _): self = .data
    case ("over", let length?): self = .over(length)
    case ("under", let length?): self = .under(length)
    default: return nil
    }
  }
}
