/// sequence: 32 bytes, authenticated, replays refused, and no nonce used twice even if the clock was set back.
///
///     datagram = salt(8) || sequence(8) || tag(16) || ciphertext      seal(shared, nonce, packet)
///     nonce    = "sequen" || channel(1) || role(1) || salt(8) || sequence(8)
///
/// A nonce that is used twice under one key gives both packets away and lets anybody forge more, so every part of it
/// has its reason:
/// - The name keeps these nonces apart from those of any other protocol that is run with the same two keys.
/// - The channel, which is a setting of this protocol alone, keeps tunnels apart that have the same keys.
/// - The role keeps the two directions apart, so that a datagram sent back to its sender is not authentic there.
/// - The sequence rises with every packet of a run, whatever the clock does meanwhile. It follows the clock in
///   nanoseconds, so that a sender that was restarted goes on above what it sent before: that is what lets the
///   receiver tell an old recording from a new packet without knowing of the restart.
/// - The salt is drawn anew at every start. Should the clock have been set back in between, the peer takes nothing until
///   the clock is past the old time again: an outage, but never a nonce used twice.
public import ProtocolKit
import Sodium
public import TunnelCore

public final class SequenceProtocol: TunnelProtocol {
  public static let description = ProtocolDescription(
    name: "sequence", summary: "X25519, XSalsa20-Poly1305, replays refused by number", needsKeys: true,
    overhead: headerByteCount + BoxStream.tagByteCount,
    settings: [channel, ProtocolSetting.timeWindow, ProtocolSetting.role],
    claimedTime: { bytes in
      bytes.byteCount < headerByteCount ? nil : Int64(bytes.bigEndian(at: 8, as: UInt64.self) / 1_000_000_000)
    }
  ) { parameters throws(ProtocolError) in SequenceProtocol(try parameters.agreement(), parameters) }

  /// CHANNEL: taken as `--channel 7`, `qt_channel 7` or `CHANNEL=7`, and in `--help`.
  public static let channel = ProtocolSetting(
    "CHANNEL", .number(0...255), default: 0, "keeps tunnels apart that have the same keys; both sides need the same.")

  private static let headerByteCount = 16
  /// "sequen", and zero bytes for channel and role.
  private static let name: UInt64 = 0x7365_7175_656e_0000

  public let overhead = headerByteCount + BoxStream.tagByteCount
  public let headroom = BoxStream.roomByteCount

  // Out and in share no state. The first 16 bytes of the nonce stay the same for a run: one subkey seals everything.
  private let sealing: BoxStream
  private let sendingPrefix: BoxStream.NoncePrefix
  private var sequence: UInt64 = 0

  private let opening: BoxStream
  private let receivingName: UInt64
  private var window: ReplayWindow<UInt64>

  init(_ agreement: KeyAgreement, _ parameters: ProtocolParameters) {
    let roles = agreement.roles(override: parameters[.role])
    let name = Self.name | UInt64(parameters[Self.channel]) << 8
    sealing = BoxStream(agreement.shared)
    sendingPrefix = .init(high: name | UInt64(roles.sending), low: .random(in: .min ... .max))
    opening = BoxStream(agreement.shared)
    receivingName = name | UInt64(roles.receiving)
    // TIME_WINDOW: nothing is taken that was sent longer ago than that before our start.
    let start = Self.nanoseconds(parameters.start)
    let history = parameters[.timeWindow].map { UInt64($0) * 1_000_000_000 } ?? start
    window = ReplayWindow(size: parameters.replayWindow, floor: start - min(start, history))
  }

  /// Nanoseconds since 1970, which 64 bits hold until the year 2554. A clock beyond that must not end the program.
  private static func nanoseconds(_ moment: Moment) -> UInt64 {
    UInt64(max(moment.unixSeconds, 0)) &* 1_000_000_000 &+ UInt64(moment.unixNanoseconds)
  }

  public func seal(_ packets: inout PacketBatch, control: inout PacketBatch, at now: Moment) {
    sequence = max(sequence, Self.nanoseconds(now))
    for index in 0..<packets.count where packets.isPending(index) {
      sequence += 1
      var span = packets[index, room: headroom]
      sealing.seal(&span, prefix: sendingPrefix, tail: sequence)
      span.storeBigEndian(sendingPrefix.low, at: 0)
      span.storeBigEndian(sequence, at: 8)
      packets.extendFront(of: index, by: overhead)
      packets.pass(index)
    }
  }

  public func open(_ datagrams: inout PacketBatch, control: inout PacketBatch, at now: Moment) {
    for index in 0..<datagrams.count where datagrams.isPending(index) {
      if let reason = open(&datagrams, index) { datagrams.drop(index, reason) }
    }
  }

  private func open(_ datagrams: inout PacketBatch, _ index: Int) -> DropReason? {
    guard datagrams.length(of: index) >= overhead else { return .tooShort }
    let salt = datagrams.bigEndian(in: index, at: 0, as: UInt64.self)
    let sequence = datagrams.bigEndian(in: index, at: 8, as: UInt64.self)
    switch window.verdict(on: sequence) {
    case .fresh: break
    case .duplicate: return .duplicate
    case .late: return .late
    }
    datagrams.trimFront(of: index, by: Self.headerByteCount)
    var span = datagrams[index]
    guard opening.open(&span, prefix: .init(high: receivingName, low: salt), tail: sequence) else {
      return .notAuthentic
    }
    window.accept(sequence)  // only now: a forged number must not move the window
    datagrams.trimFront(of: index, by: BoxStream.tagByteCount)
    datagrams.pass(index)
    return nil
  }
}
