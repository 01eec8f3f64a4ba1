import TunnelCore

/// A process of the original with PROTOCOL=nacltai: a stamp in front of a box whose nonce it is.
final class OldNaClTAI: OldProcess {
  private static let stampByteCount = 16
  let overhead = stampByteCount + OldBox.tagByteCount
  /// nacltai says nothing on its own.
  var outbox: [[UInt8]] = []
  private let keys: OldLongTermKeys
  /// In the stamp's last field: one more for every packet. Only this keeps two stamps of one microsecond apart, and
  /// nothing keeps them rising when the clock steps back.
  private var counter: UInt32 = 0
  private var window: OldWindow<UInt128>

  init(_ keys: OldLongTermKeys, timeWindow: UInt32?, at start: Moment) {
    self.keys = keys
    window = OldWindow(timeWindow.map { Self.stamp(start, secondsBefore: Int64($0), counter: 1) } ?? 0)
  }

  /// TAI64NA: seconds, nanoseconds (the clock shows microseconds, and 500 is added), counter.
  private static func stamp(_ now: Moment, secondsBefore: Int64 = 0, counter: UInt32) -> UInt128 {
    let seconds = UInt64(bitPattern: 4_611_686_018_427_387_914 + now.unixSeconds - secondsBefore)
    let nanoseconds = now.unixNanoseconds / 1000 * 1000 + 500
    return UInt128(seconds) << 64 | UInt128(nanoseconds) << 32 | UInt128(counter)
  }

  private static func nonce(_ role: UInt8, _ stamp: [UInt8]) -> [UInt8] {
    [UInt8](repeating: 0, count: 7) + [role] + stamp
  }

  func seal(_ packet: [UInt8], at now: Moment) -> Result<[UInt8], OldRefusal> {
    guard packet.count <= OldLimit.packet else { return .failure(OldRefusal(.tooLong)) }
    counter &+= 1
    let stamp = [UInt8](bigEndian: Self.stamp(now, counter: counter))
    return .success(stamp + OldBox.seal(packet, nonce: Self.nonce(keys.ownRole, stamp), key: keys.shared))
  }

  func open(_ datagram: [UInt8], at now: Moment) -> Result<OldContent, OldRefusal> {
    guard datagram.count >= overhead else { return .failure(OldRefusal(.tooShort)) }
    guard datagram.count <= OldLimit.datagram else { return .failure(OldRefusal(.notAuthentic)) }
    let stamp = Array(datagram.prefix(Self.stampByteCount))
    let number: UInt128 = stamp.bigEndian()
    if let refusal = window.refusal(of: number) { return .failure(refusal) }
    let sealed = datagram.dropFirst(Self.stampByteCount)
    guard let packet = OldBox.open(sealed, nonce: Self.nonce(keys.peerRole, stamp), key: keys.shared) else {
      return .failure(OldRefusal(.notAuthentic))
    }
    window.remember(number)
    return .success(.packet(packet))
  }

  func lookAtTimers(at now: Moment) {}
}
