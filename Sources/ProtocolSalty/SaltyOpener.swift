import ProtocolKit
import Sodium
import TunnelCore

/// Datagrams in, and the handshake with its timers.
final class SaltyOpener: PacketOpener {
  private(set) var handshake: Handshake
  private var channel: ControlChannel
  private var deadPeerDetection: DeadPeerDetection
  /// Of the ciphers that have opened something.
  private var newestGeneration: UInt64 = 0
  /// Whether data were opened in this range.
  private var hasOpened = false

  init(_ agreement: KeyAgreement, _ parameters: ProtocolParameters, _ handover: KeyHandover) {
    handshake = Handshake(replayWindow: parameters.replayWindow, handover)
    deadPeerDetection = DeadPeerDetection(handover)
    channel = ControlChannel(agreement, start: parameters.start, mark: parameters.mark)
    handshake.beginUpdate(at: parameters.start.monotonicSeconds)
    isFirstTick = true
  }

  // MARK: Timers

  /// The first tick announces the first key.
  private var isFirstTick: Bool

  func tick(control: inout PacketBatch, at now: Moment) {
    channel.tick()
    if isFirstTick {
      isFirstTick = false
      announce(&control, at: now)
    } else {
      lookAtTimers(&control, at: now)
    }
  }

  private func lookAtTimers(_ control: inout PacketBatch, at now: Moment) {
    handshake.expire(at: now.monotonicSeconds)
    if handshake.isAgreed && deadPeerDetection.isDue(at: now) {
      // The original answers a place only once it has heard from there before: the second one is for its ears.
      for _ in 0..<2 { announce(&control, at: now) }
    }
    switch handshake.due(at: now.monotonicSeconds) {
    case .nothing: break
    case .announcement: announce(&control, at: now)
    case .update: beginUpdate(&control, at: now)
    }
  }

  private func beginUpdate(_ control: inout PacketBatch, at now: Moment) {
    handshake.beginUpdate(at: now.monotonicSeconds)
    announce(&control, at: now)
  }

  private func announce(
    _ control: inout PacketBatch, isAcknowledgement: Bool = false, to endpoint: Endpoint = .unspecified, at now: Moment
  ) {
    let message = handshake.announcement(
      isAcknowledgement: isAcknowledgement, acceptedTime: channel.acceptedTime,
      at: endpoint == .unspecified ? now.monotonicSeconds : nil)
    channel.send(message, to: endpoint, in: &control)
  }

  // MARK: Datagrams in

  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    lookAtTimers(&control, at: now)
    hasOpened = false
    for index in range where datagrams.isPending(index) {
      if let reason = open(&datagrams, index, &control, now) { datagrams.drop(index, reason) }
    }
    if hasOpened { deadPeerDetection.hasHeard() }
  }

  private func open(
    _ datagrams: inout PacketBatch, _ index: Int, _ control: inout PacketBatch, _ now: Moment
  ) -> DropReason? {
    guard datagrams.length(of: index) >= SaltyProtocol.dataOverhead else { return .tooShort }
    let word = datagrams.bigEndian(in: index, at: 0, as: UInt32.self)
    if word >> 31 == 1 { return openControl(&datagrams, index, &control, now) }
    guard let cipher = handshake.receivingCiphers[DataHeader.cipherIndex(word)] else { return .noKey }
    datagrams.trimFront(of: index, by: DataHeader.byteCount)
    let counter = word & DataHeader.counterMask
    let isOvertaken = cipher.generation < newestGeneration || cipher.isOvertaken(counter)
    var span = datagrams[index]
    if let reason = cipher.open(&span, counter: counter) { return reason }
    newestGeneration = max(newestGeneration, cipher.generation)
    datagrams.trimFront(of: index, by: BoxStream.tagByteCount)
    if isOvertaken { datagrams.passOvertaken(index) } else { datagrams.pass(index) }
    hasOpened = true
    return nil
  }

  private func openControl(
    _ datagrams: inout PacketBatch, _ index: Int, _ control: inout PacketBatch, _ now: Moment
  ) -> DropReason? {
    guard datagrams.bigEndian(in: index, at: 0, as: UInt8.self) == ControlMessage.firstByte else { return .malformed }
    let surplus = datagrams.length(of: index) - ControlMessage.datagramByteCount
    if surplus != 0 { return surplus < 0 ? .tooShort : .tooLong }
    let time = datagrams.bigEndian(in: index, at: 1, as: UInt64.self)
    datagrams.trimFront(of: index, by: ControlMessage.headerByteCount)
    var span = datagrams[index]
    switch channel.open(&span, time: time) {
    case .notAuthentic: return .notAuthentic
    case .malformed: return .malformed
    case .stale:
      correct(&control, datagrams.endpoint(of: index), now)
      return .late
    case .message(let message):
      let isOfThisRun = handshake.isOfThisRun(message)
      guard channel.isPlausible(time, isOfThisRun: isOfThisRun) else {
        correct(&control, datagrams.endpoint(of: index), now)
        return .malformed
      }
      return take(message, time: time, isOfThisRun: isOfThisRun, &datagrams, index, &control, now)
    }
  }

  private func take(
    _ message: ControlMessage, time: UInt64, isOfThisRun: Bool, _ datagrams: inout PacketBatch, _ index: Int,
    _ control: inout PacketBatch, _ now: Moment
  ) -> DropReason? {
    switch handshake.take(message, at: now.monotonicSeconds) {
    case .refused(let reason):
      return reason
    case .taken(let answer):
      channel.accept(message, time: time)
      reply(answer, to: datagrams.endpoint(of: index), &control, now)
      if isOfThisRun {
        deadPeerDetection.hasHeard()
        datagrams.consume(index)
      } else {
        datagrams.consumeUnproven(index)
      }
      return nil
    }
  }

  /// Tells a peer that came back with its clock behind, or far ahead, what we have heard of it: it learns what time it
  /// has to be above, and which key of ours to quote. It may have come back elsewhere; or this came from a stranger, and
  /// the peer waits where it was.
  private func correct(_ control: inout PacketBatch, _ place: Endpoint, _ now: Moment) {
    guard channel.mayCorrect(at: now.monotonicSeconds) else { return }
    announce(&control, at: now)
    announce(&control, to: place, at: now)
  }

  private func reply(_ answer: Handshake.Answer, to endpoint: Endpoint, _ control: inout PacketBatch, _ now: Moment) {
    switch answer {
    case .none: break
    case .acknowledgement: announce(&control, isAcknowledgement: true, to: endpoint, at: now)
    case .announcement: announce(&control, to: endpoint, at: now)
    }
  }

  /// Of control datagrams, which are what somebody else can recognise as the peer's.
  func isNew(_ datagram: RawSpan) -> Bool? {
    guard datagram.byteCount >= ControlMessage.datagramByteCount, datagram.bigEndian(at: 0, as: UInt8.self) >> 7 == 1
    else { return nil }
    let accepted = channel.acceptedTime
    return accepted == 0 ? nil : datagram.bigEndian(at: 1, as: UInt64.self) > accepted
  }
}
