import ProtocolKit
import Sodium
import TunnelCore

/// Seals and opens control datagrams under the long-term keys, and keeps both directions' times.
struct ControlChannel {
  private let box: BoxStream
  private let sendingPrefix: BoxStream.NoncePrefix
  private let receivingPrefix: BoxStream.NoncePrefix
  private var ownTime: ControlTime
  /// The highest time taken from the peer: only what is above it is new.
  private(set) var acceptedTime: UInt64 = 0
  private var lastCorrection: UInt64?

  init(_ agreement: KeyAgreement, start: Moment, mark: (any HighWaterMark)? = nil) {
    let roles = agreement.roles()
    box = BoxStream(agreement.shared)
    sendingPrefix = .init(high: UInt64(roles.sending) << 56, low: 0)
    receivingPrefix = .init(high: UInt64(roles.receiving) << 56, low: 0)
    ownTime = ControlTime(start: start, mark: mark)
  }

  /// Puts a sealed control datagram into `control`. If that is full it is lost, as it might be on the network.
  mutating func send(_ message: ControlMessage, to endpoint: Endpoint, in control: inout PacketBatch) {
    guard let time = ownTime.next() else { return }
    let room = BoxStream.roomByteCount
    let header = ControlMessage.headerByteCount
    // Sealed in a slot that begins early enough for the cipher's room, then trimmed to the datagram.
    let surplus = room - BoxStream.tagByteCount - header
    let appended = control.append(length: room + ControlMessage.payloadByteCount, to: endpoint) { span in
      message.write(to: &span, at: room)
      box.seal(&span, prefix: sendingPrefix, tail: time)
      span.storeBigEndian(ControlMessage.firstByte, at: surplus)
      span.storeBigEndian(time, at: surplus + 1)
    }
    if appended { control.trimFront(of: control.count - 1, by: surplus) }
  }

  /// To be called about once a second.
  mutating func tick() { ownTime.reserve() }

  /// What a control datagram turned out to be.
  enum Opened {
    case notAuthentic
    /// Authentic, but nothing that is ever sent.
    case malformed
    /// Authentic, but not above the last time that was accepted.
    case stale
    case message(ControlMessage)
  }

  /// Opens the sealed part of a control datagram in place. Nothing is accepted yet; but what a stale one says of our own
  /// time is as true as ever, and without it two sides that are both behind would never listen to each other.
  @_lifetime(span: copy span)
  mutating func open(_ span: inout MutableRawSpan, time: UInt64) -> Opened {
    guard box.open(&span, prefix: receivingPrefix, tail: time) else { return .notAuthentic }
    let payload = span.bytes.extracting(droppingFirst: BoxStream.tagByteCount)
    guard let message = ControlMessage(payload: payload) else { return .malformed }
    guard time > acceptedTime else {
      ownTime.raise(to: message.acceptedTime)
      return .stale
    }
    return .message(message)
  }

  /// Whether `time`, which is above the last accepted one, could be the peer's next, whoever has set its clock. One
  /// beyond all clocks would leave the true peer, whose own is lower, nothing to say that is new; so one has to quote a key
  /// of ours to be taken there, and even then not to come near the end of 64 bits.
  func isPlausible(_ time: UInt64, isOfThisRun: Bool) -> Bool {
    time < (isOfThisRun ? ControlTime.believableEnd : ControlTime.plausibleEnd)
      || time - acceptedTime <= ControlTime.plausibleStep
  }

  /// Remembers the time of a message that was taken, and moves our time up to what the peer has seen.
  mutating func accept(_ message: ControlMessage, time: UInt64) {
    acceptedTime = time
    ownTime.raise(to: message.acceptedTime)
  }

  /// Whether a stale datagram may be answered now: at most once in two seconds, since anybody can replay one.
  mutating func mayCorrect(at seconds: UInt64) -> Bool {
    if let lastCorrection, seconds - lastCorrection < 2 { return false }
    lastCorrection = seconds
    return true
  }
}
