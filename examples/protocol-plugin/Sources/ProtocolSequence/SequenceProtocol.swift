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
import TunnelCore

public enum SequenceProtocol {
  public static let description = ProtocolDescription(
    name: "sequence", summary: "X25519, XSalsa20-Poly1305, replays refused by number", needsKeys: true,
    overhead: overhead, settings: [channel, ProtocolSetting.timeWindow, ProtocolSetting.role],
    claimedTime: { bytes in
      bytes.byteCount < headerByteCount ? nil : Int64(bytes.bigEndian(at: 8, as: UInt64.self) / 1_000_000_000)
    }
  ) { parameters throws(ProtocolError) in
    let agreement = try parameters.agreement()
    let roles = agreement.roles(override: parameters[.role])
    func name(_ role: UInt8) -> UInt64 { Self.name(channel: parameters[channel], role: role) }
    return TunnelProtocol(
      sealer: SequenceSealer(agreement.shared, name: name(roles.sending)),
      opener: SequenceOpener(agreement.shared, name: name(roles.receiving), parameters))
  }

  /// CHANNEL: taken as `--channel 7`, `qt_channel 7` or `CHANNEL=7`, and in `--help`.
  public static let channel = ProtocolSetting(
    "CHANNEL", .number(0...255), default: 0, "keeps tunnels apart that have the same keys; both sides need the same.")

  static let headerByteCount = 16
  static let overhead = headerByteCount + BoxStream.tagByteCount

  /// The first 8 bytes of a nonce: "sequen", the channel and the role.
  private static func name(channel: Int, role: UInt8) -> UInt64 {
    0x7365_7175_656e_0000 | UInt64(channel) << 8 | UInt64(role)
  }

  /// Nanoseconds since 1970, which 64 bits hold until the year 2554. A clock beyond that must not end the program.
  static func nanoseconds(_ moment: Moment) -> UInt64 {
    UInt64(max(moment.unixSeconds, 0)) &* 1_000_000_000 &+ UInt64(moment.unixNanoseconds)
  }
}

final class SequenceSealer: PacketSealer {
  let overhead = SequenceProtocol.overhead
  let headroom = BoxStream.roomByteCount
  private let box: BoxStream
  /// The first 16 bytes of the nonce stay the same for a run: one subkey seals everything.
  private let prefix: BoxStream.NoncePrefix
  private var sequence: UInt64 = 0

  init(_ shared: SharedKey, name: UInt64) {
    box = BoxStream(shared)
    prefix = .init(high: name, low: .random(in: .min ... .max))
  }

  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {
    sequence = max(sequence, SequenceProtocol.nanoseconds(now))
    for index in range where packets.isPending(index) {
      sequence += 1
      var span = packets[index, room: headroom]
      box.seal(&span, prefix: prefix, tail: sequence)
      span.storeBigEndian(prefix.low, at: 0)
      span.storeBigEndian(sequence, at: 8)
      packets.extendFront(of: index, by: overhead)
      packets.pass(index)
    }
  }
}

final class SequenceOpener: PacketOpener {
  private let box: BoxStream
  private let name: UInt64
  private var window: ReplayWindow<UInt64>

  init(_ shared: SharedKey, name: UInt64, _ parameters: ProtocolParameters) {
    box = BoxStream(shared)
    self.name = name
    // TIME_WINDOW: nothing is taken that was sent longer ago than that before our start.
    let start = SequenceProtocol.nanoseconds(parameters.start)
    let history = parameters[.timeWindow].map { UInt64($0) * 1_000_000_000 } ?? start
    window = ReplayWindow(size: parameters.replayWindow, floor: start - min(start, history))
  }

  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    for index in range where datagrams.isPending(index) {
      if let reason = open(&datagrams, index) { datagrams.drop(index, reason) }
    }
  }

  private func open(_ datagrams: inout PacketBatch, _ index: Int) -> DropReason? {
    guard datagrams.length(of: index) >= SequenceProtocol.overhead else { return .tooShort }
    let salt = datagrams.bigEndian(in: index, at: 0, as: UInt64.self)
    let sequence = datagrams.bigEndian(in: index, at: 8, as: UInt64.self)
    switch window.verdict(on: sequence) {
    case .fresh: break
    case .duplicate: return .duplicate
    case .late: return .late
    }
    datagrams.trimFront(of: index, by: SequenceProtocol.headerByteCount)
    var span = datagrams[index]
    guard box.open(&span, prefix: .init(high: name, low: salt), tail: sequence) else { return .notAuthentic }
    window.accept(sequence)  // only now: a forged number must not move the window
    datagrams.trimFront(of: index, by: BoxStream.tagByteCount)
    datagrams.pass(index)
    return nil
  }
}
