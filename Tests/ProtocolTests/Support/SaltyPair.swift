import ProtocolKit
import Sodium
import TunnelCore
import TunnelTesting

/// Two salty parties with one clock and a network between them that a test can disturb.
final class SaltyPair {
  let clock = ManualClock()
  let keys = (a: SecretKey(), b: SecretKey())
  private(set) var a: Party
  private(set) var b: Party
  /// How many control datagrams of each have been looked at.
  private var seen = (a: 0, b: 0)
  /// What happens to each control datagram: the copies that arrive.
  var disturb: ([UInt8]) -> [[UInt8]] = { [$0] }

  init() throws {
    a = try Self.party(keys.a, keys.b.publicKey, clock)
    b = try Self.party(keys.b, keys.a.publicKey, clock)
  }

  private static func party(_ own: SecretKey, _ peer: PublicKey, _ clock: ManualClock) throws -> Party {
    try Party("salty", parameters(own, peer, at: clock.now()), clock: clock)
  }

  /// Lets a's process start anew, its calendar `behind` seconds behind.
  func restartA(behind: Int64 = 0) throws {
    var start = clock.now()
    start.unixSeconds -= behind
    a = try Party("salty", parameters(keys.a, keys.b.publicKey, at: start), clock: clock)
    seen.a = 0
  }

  /// What a has to say is lost: it does not know where the other is.
  func loseControlOfA() { seen.a = a.control.count }

  /// Carries control datagrams to and fro until there are none.
  func exchange() {
    for _ in 0..<50 where seen.a < a.control.count || seen.b < b.control.count {
      let fromA = a.control[seen.a...].flatMap(disturb)
      let fromB = b.control[seen.b...].flatMap(disturb)
      seen = (a.control.count, b.control.count)
      for datagram in fromA { _ = b.open(datagram) }
      for datagram in fromB { _ = a.open(datagram) }
    }
  }

  /// One second passes, and both look at their timers.
  func second(_ count: Int64 = 1) {
    clock.advance(seconds: count)
    a.tick()
    b.tick()
    exchange()
  }

  func start() {
    a.tick()
    b.tick()
    exchange()
  }

  /// Whether a packet passes from one to the other now.
  func passes(from sender: Party, to receiver: Party) -> Bool {
    guard let datagram = sender.seal([0x45, 1, 2, 3]).packet else { return false }
    exchange()
    return receiver.open(datagram).packet == [0x45, 1, 2, 3]
  }

  var passesBothWays: Bool {
    let (forth, back) = (passes(from: a, to: b), passes(from: b, to: a))
    return forth && back
  }

  /// How many seconds it takes until packets pass both ways; nil if more than 10.
  func secondsUntilBothWays() -> Int? {
    for seconds in 0...10 {
      if passesBothWays { return seconds }
      second()
    }
    return nil
  }
}
