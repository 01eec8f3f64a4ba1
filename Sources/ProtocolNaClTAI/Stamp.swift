import TunnelCore

/// A TAI64NA label as nacltai uses it: 16 bytes that rise with every packet of a direction.
///
///     seconds(8) = 4611686018427387914 + Unix seconds || nanoseconds(4) || counter(4)
///
/// (https://cr.yp.to/libtai/tai64.html. The offset is 2^62 plus the ten leap seconds of 1972; later ones are ignored.
/// The field called attoseconds there only counts here.)
struct Stamp: Equatable {
  static let epoch: UInt64 = 4_611_686_018_427_387_914

  var seconds: UInt64
  /// Nanoseconds and counter, the last 8 bytes of the nonce.
  var rest: UInt64

  init(seconds: UInt64, rest: UInt64) {
    self.seconds = seconds
    self.rest = rest
  }

  init(unixSeconds: Int64, nanoseconds: UInt32, counter: UInt32) {
    seconds = Self.epoch &+ UInt64(bitPattern: unixSeconds)
    rest = UInt64(nanoseconds) << 32 | UInt64(counter)
  }

  /// The Unix seconds of a label, which may be anybody's invention.
  static func unixSeconds(ofTAI seconds: UInt64) -> Int64 { Int64(bitPattern: seconds &- epoch) }

  /// All 16 bytes as one number, in the order that they have on the wire.
  var number: UInt128 { UInt128(seconds) << 64 | UInt128(rest) }
}

/// Hands out stamps that strictly rise, whatever the clock does.
struct StampSource {
  private(set) var last: Stamp

  init(last: Stamp = Stamp(seconds: 0, rest: 0)) { self.last = last }

  /// Takes the clock into account, once for a batch. A clock that stands or steps back is ignored until it has caught
  /// up: the stamps go on from the last one.
  mutating func update(_ now: Moment) {
    let clock = Stamp(unixSeconds: now.unixSeconds, nanoseconds: now.unixNanoseconds, counter: 0)
    if clock.number > last.number { last = clock }
  }

  /// The next stamp. When the counter is full it carries into the nanoseconds and the seconds: still above the last.
  mutating func next() -> Stamp {
    let (rest, isFull) = last.rest.addingReportingOverflow(1)
    last = Stamp(seconds: isFull ? last.seconds &+ 1 : last.seconds, rest: rest)
    return last
  }
}
