import CSodiumRecorder
import Sodium
import TunnelCore

/// Hosts with tunnels of this project's real code, the network between them, and an attacker on it: all in memory, on one
/// thread, in virtual time. What happens follows from the script alone.
package final class World {
  let script: Script
  var queue = EventQueue()
  var hosts: [Host] = []
  var sides: [Side] = []
  var conditions: [Way: Conditions] = [:]
  var translator: AddressTranslator?
  var wire: Wire
  var deliveries: Deliveries
  var seals = Seals()
  var networkDraw: Draw
  var timingDraw: Draw
  var attackerDraw: Draw
  /// The process at work, if it is ours: whose calls of libsodium these are.
  var atWork: Side?
  /// Of what is not a process's.
  private var keyDraw: Draw
  /// The last fault is over.
  var isCalm = false
  var recoveryRules: [RecoveryRule] = []
  package private(set) var violation: Violation?
  package internal(set) var coverage = Coverage()
  /// Told as it happens, if anybody listens.
  private let tell: ((String) -> Void)?

  /// Whose libsodium it is: one world at a time.
  nonisolated(unsafe) static var current: World?

  package init(_ script: Script, tell: ((String) -> Void)? = nil) {
    self.script = script
    self.tell = tell
    let count = script.hasSecond ? 4 : 2
    wire = Wire(sides: count)
    deliveries = Deliveries(sides: count)
    networkDraw = Draw(script.seed, .network)
    timingDraw = Draw(script.seed, .timing)
    attackerDraw = Draw(script.seed, .attacker)
    keyDraw = Draw(script.seed, .keys)
    World.current = self
    Self.listen()
    if script.hasNAT { translator = AddressTranslator(address: 0xcb00_7101) }
    makeHosts()
  }

  private func makeHosts() {
    let time: () -> Time = { [unowned self] in queue.now }
    for (index, name) in HostName.allCases.enumerated() where name != .c || script.hasSecond {
      let clock = HostClock(
        offset: index < 2 ? script.clocks[index] : 0, drift: index < 2 ? script.drifts[index] : 0,
        uptime: UInt64(1000 + 317 * index) * 1_000_000_000, trueTime: time)
      hosts.append(Host(name, clock: clock, isBehindNAT: script.hasNAT && name != .b))
    }
    makeSide("a", on: hosts[0], script.a, calls: true, port: 2998)
    makeSide("b", on: hosts[1], script.b, calls: script.layout != .waits, port: 2998)
    if script.hasSecond {
      makeSide("c", on: hosts[2], .ours, calls: true, port: 2998)
      makeSide("b2", on: hosts[1], .ours, calls: false, port: 2999)
    }
  }

  private func makeSide(_ name: String, on host: Host, _ program: Script.Program, calls: Bool, port: UInt16) {
    let file = script.hasState && program == .ours ? StateFile { [unowned self] in queue.now } : nil
    let side = Side(
      index: sides.count, name: name, host: host, program: program, calls: calls, port: port, seed: script.seed,
      file: file)
    // Heard, since nobody is at work.
    _ = side.secret.publicKey
    connect(side)
    sides.append(side)
    host.sides.append(side)
  }

  // MARK: Running

  /// Until the script is over and its tunnels have had time to recover, or something does not hold.
  package func run() -> Violation? {
    defer { World.current = nil }
    World.current = self
    for side in sides { start(side) }
    for timed in script.steps where timed.time < script.end {
      queue.add(at: .milliseconds(timed.time)) { [unowned self] in carryOut(timed.step) }
    }
    // After all else that is planned for that moment, though by events themselves.
    queue.add(at: .milliseconds(script.end) + 1) { [unowned self] in calm() }
    run(until: .milliseconds(script.end) + 2)
    run(until: endOfRecovery)
    if violation == nil { judgeRecovery() }
    for side in sides { stop(side) }
    return violation
  }

  private func run(until end: Time) {
    while violation == nil, let action = queue.next(until: end) { action() }
  }

  /// The first is kept: what follows may follow from it.
  func fail(_ invariant: Invariant, _ text: @autoclosure () -> String) {
    if violation != nil { return }
    violation = Violation(invariant: invariant, text: text())
    say("VIOLATION \(invariant.rawValue): \(text())")
  }

  func say(_ text: @autoclosure () -> String) {
    guard let tell else { return }
    let milliseconds = queue.now / 1_000_000
    let digits = String(milliseconds % 1000 + 1000).dropFirst()
    tell("\(milliseconds / 1000).\(digits)  \(text())")
  }

  /// Whether a hash stands in for X25519 in all worlds, which takes most of their time and which nobody here attacks.
  package static func agreeQuickly(_ whether: Bool) { sodium_agree_quickly(whether ? 1 : 0) }

  /// Lets a side's process work: what it draws and seals meanwhile is its own.
  func with<Result>(_ side: Side, _ body: () throws -> Result) rethrows -> Result {
    let before = atWork
    atWork = side
    defer { atWork = before }
    return try body()
  }

  /// Random bytes for libsodium.
  func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    for index in bytes.indices {
      bytes[index] = UInt8(truncatingIfNeeded: atWork?.random.next() ?? keyDraw.next())
    }
  }
}
