import ProtocolKit
import TunnelCore

/// The time in the control datagrams that this side sends. It is part of their nonce under the long-term keys, so none
/// may ever be used twice: not after a restart, and not on a machine whose clock starts over at each boot.
struct ControlTime {
  /// The last one used: it goes up by one before each datagram.
  private var last: UInt64
  /// Where a mark outlives the process, only times below it may be used: the next start begins there.
  private var end: UInt64
  private let mark: (any HighWaterMark)?

  /// How many are reserved at a time, and how few are left when more are. One goes out in two seconds at most, unless the
  /// peer asks for more; four seconds' worth is lost with each start.
  private static let reservation: UInt64 = 1024
  private static let reserve: UInt64 = 512

  /// No clock gives more: Linux ends its calendar at 2^33 seconds (KTIME_SEC_MAX, include/linux/ktime.h), in units of 1/256 s.
  static let plausibleEnd: UInt64 = 1 << 48
  /// A time beyond that is still taken from a peer that was there before: it goes up by one each time.
  static let plausibleStep: UInt64 = 1 << 32
  /// Nothing above this is believed, so that the time never wraps.
  static let believableEnd: UInt64 = 1 << 62
  /// But what somebody has made the peer believe, and its next times, are quoted back to us.
  static let quotableEnd = believableEnd + plausibleStep

  /// Starts from Unix time in units of 1/256 s, or from the mark where that is above. With whole seconds, as in the
  /// original, a process that is started twice within one second would begin below what it sent before, and the peer
  /// would not listen for seconds.
  init(start: Moment, mark: (any HighWaterMark)?) {
    let clock = UInt64(max(start.unixSeconds, 0)) << 8 | UInt64(start.unixNanoseconds) * 256 / 1_000_000_000
    let kept = mark?.value ?? 0
    last = max(clock, kept < Self.plausibleEnd ? kept : 0)
    end = mark == nil ? .max : 0
    self.mark = mark
    reserve()
  }

  /// The time of the next datagram; nil if all that were reserved are used, until `reserve` has been called.
  mutating func next() -> UInt64? {
    guard last + 1 < end else { return nil }
    last += 1
    return last
  }

  /// Moves up to what the peer has seen, so that it listens again.
  mutating func raise(to seen: UInt64) {
    guard seen > last, seen < Self.quotableEnd else { return }
    last = seen
    reserve()
  }

  /// Makes sure that there are some to use. Writes to the disk, seldom.
  mutating func reserve() {
    guard let mark, end < last + Self.reserve else { return }
    end = last + Self.reservation
    // Beyond, a liar has put us there: the next start had better not begin there.
    if end < Self.plausibleEnd { mark.raise(to: end) }
  }
}
