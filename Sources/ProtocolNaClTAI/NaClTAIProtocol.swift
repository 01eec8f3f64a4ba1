/// nacltai: 32 bytes, authenticated, replay-protected by time.
///
///     datagram = stamp(16) || tag(16) || ciphertext      seal(shared, nonce, packet)
///     nonce    = 7 zero bytes || role(1) || stamp(16)
///
/// The stamps of one direction strictly rise. The receiver remembers the highest; a fresh one starts from TIME_WINDOW
/// seconds ago, or, without it, from zero, and then takes recordings of any age until the first packet of now has come.
/// From then on nothing passes that is more than a minute behind the latest: no network reorders that much.
public import ProtocolKit
import Sodium
import TunnelCore

public enum NaClTAIProtocol {
  public static let description = ProtocolDescription(
    name: "nacltai", summary: "X25519, XSalsa20-Poly1305, replays refused by time", needsKeys: true,
    overhead: overhead, settings: [ProtocolSetting.timeWindow, ProtocolSetting.role], noncesFollowClock: true,
    claimedTime: { $0.byteCount < 8 ? nil : Stamp.unixSeconds(ofTAI: $0.bigEndian(at: 0, as: UInt64.self)) }
  ) { parameters throws(ProtocolError) in
    let agreement = try parameters.agreement()
    let roles = agreement.roles(override: parameters[.role])
    return TunnelProtocol(
      sealer: NaClTAISealer(agreement.shared, role: roles.sending, parameters),
      opener: NaClTAIOpener(agreement.shared, role: roles.receiving, parameters))
  }

  static let stampByteCount = 16
  static let overhead = stampByteCount + BoxStream.tagByteCount
}

final class NaClTAISealer: PacketSealer {
  let overhead = NaClTAIProtocol.overhead
  let headroom = BoxStream.roomByteCount
  private let box: BoxStream
  private let role: UInt64
  private var stamps: StampSource
  private var mark: StampMark

  init(_ shared: SharedKey, role: UInt8, _ parameters: ProtocolParameters) {
    box = BoxStream(shared)
    self.role = UInt64(role)
    mark = StampMark(parameters.mark)
    stamps = StampSource(last: mark.start(at: parameters.start))
  }

  deinit { mark.finish(stamps.last) }

  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {
    stamps.update(now)
    for index in range where packets.isPending(index) {
      let stamp = stamps.next()
      var span = packets[index, room: headroom]
      box.seal(&span, prefix: .init(high: role, low: stamp.seconds), tail: stamp.rest)
      span.storeBigEndian(stamp.seconds, at: 0)
      span.storeBigEndian(stamp.rest, at: 8)
      packets.extendFront(of: index, by: overhead)
      packets.pass(index)
    }
  }

  func tick(at now: Moment) { mark.follow(stamps.last) }
}

final class NaClTAIOpener: PacketOpener {
  private let box: BoxStream
  private let role: UInt64
  private var window: ReplayWindow<UInt128>
  /// When something was accepted last. CLOCK_BOOTTIME in nanoseconds.
  private var lastAccepted: UInt64 = 0

  init(_ shared: SharedKey, role: UInt8, _ parameters: ProtocolParameters) {
    box = BoxStream(shared)
    self.role = UInt64(role)
    window = ReplayWindow(size: parameters.replayWindow, floor: Self.floor(parameters), reach: Self.reach)
  }

  /// How far a stamp may be behind the latest.
  private static let reach = UInt128(60) << 64

  /// The stamp that nothing accepted may be equal to or below: TIME_WINDOW seconds before the start.
  private static func floor(_ parameters: ProtocolParameters) -> UInt128 {
    guard let window = parameters[.timeWindow] else { return 0 }
    return Stamp(
      unixSeconds: parameters.start.unixSeconds &- Int64(window), nanoseconds: parameters.start.unixNanoseconds,
      counter: 1
    ).number
  }

  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    for index in range where datagrams.isPending(index) {
      if let reason = open(&datagrams, index) {
        datagrams.drop(index, reason)
      } else {
        lastAccepted = now.monotonicNanoseconds
      }
    }
  }

  private func open(_ datagrams: inout PacketBatch, _ index: Int) -> DropReason? {
    guard datagrams.length(of: index) >= NaClTAIProtocol.overhead else { return .tooShort }
    let stamp = Stamp(
      seconds: datagrams.bigEndian(in: index, at: 0, as: UInt64.self),
      rest: datagrams.bigEndian(in: index, at: 8, as: UInt64.self))
    let number = stamp.number
    switch window.verdict(on: number) {
    case .fresh: break
    case .duplicate: return .duplicate
    case .late: return .late
    }
    datagrams.trimFront(of: index, by: NaClTAIProtocol.stampByteCount)
    var span = datagrams[index]
    guard box.open(&span, prefix: .init(high: role, low: stamp.seconds), tail: stamp.rest) else {
      return .notAuthentic
    }
    let isOvertaken = window.isOvertaken(number)
    window.accept(number)
    datagrams.trimFront(of: index, by: BoxStream.tagByteCount)
    if isOvertaken { datagrams.passOvertaken(index) } else { datagrams.pass(index) }
    return nil
  }

  /// Nanoseconds of silence after which the window shrinks, and to how many packets: what the latest have overtaken by
  /// then is more than a minute late. 2048 stamps are 32 KB, which no peer needs that says nothing.
  private static let (patience, restingWindow): (UInt64, Int) = (60_000_000_000, 64)

  func tick(control: inout PacketBatch, at now: Moment) {
    if now.monotonicNanoseconds - lastAccepted > Self.patience { window.shrink(to: Self.restingWindow) }
  }

  func isNew(_ datagram: RawSpan) -> Bool? {
    guard datagram.byteCount >= NaClTAIProtocol.overhead else { return nil }
    let stamp = Stamp(
      seconds: datagram.bigEndian(at: 0, as: UInt64.self), rest: datagram.bigEndian(at: 8, as: UInt64.self))
    guard window.verdict(on: stamp.number) == .fresh else { return false }
    return window.isEmpty ? nil : true
  }
}
