import ProtocolKit
import Sodium
import TunnelCore

/// The state that control datagrams move: whose keys are whose, and which of them seal and open data.
///
/// Each side has two key slots. At the start it makes slot 1, which is current and, until the peer quotes it, next.
/// An update makes the other slot and announces it; once the peer quotes it, it is current. The remote key that was
/// announced last is the one that decoders for both slots are made with.
///
/// Three things the original gets wrong and this does not: a slot that was never made is never recognised in a quote
/// (the original compares zeros with zeros and goes on sealing for a peer that has restarted); a decoder exists only
/// once a real remote key is known; a repeated announcement keeps the replay window.
struct Handshake {
  /// Seconds after which a key is replaced, and after which an announcement is repeated.
  static let keyLifetime: UInt64 = 300
  static let repeatAfter: UInt64 = 1

  private let replayWindow: Int
  private var slots: [LocalKey?] = [nil, nil]
  private var current = 0
  private var next: Int?
  private var remoteID = 0
  /// Random until the first valid control datagram: libsodium refuses the zeros that the original starts from.
  private var remote = Announcement.random()
  private var remoteIsKnown = false
  private var unmade = [Announcement.random(), Announcement.random()]

  private(set) var encoder: Encoder?
  private(set) var decoders: [Decoder?] = [nil, nil, nil, nil]

  /// Monotonic seconds.
  private var lastUpdate: UInt64 = 0
  private var lastAnnouncement: UInt64 = 0

  init(replayWindow: Int) { self.replayWindow = replayWindow }

  /// The slot that control datagrams name.
  private var announced: Int { next ?? current }
  var isUpdating: Bool { next != nil }

  // MARK: Updates

  /// What the timers ask for now.
  enum TimerWish { case nothing, announcement, update }

  func wish(at seconds: UInt64) -> TimerWish {
    if seconds - lastUpdate > Self.keyLifetime { return .update }
    if next != nil && seconds - lastAnnouncement > Self.repeatAfter { return .announcement }
    return .nothing
  }

  /// Makes a new key in the other slot and lets it be next. The first one ever is current too.
  mutating func beginUpdate(at seconds: UInt64) {
    let slot = 1 - current
    slots[slot] = LocalKey()
    next = slot
    if slots[current] == nil { current = slot }
    // What was opened with the slot's former key is minutes old.
    for sender in 0...1 { decoders[DataHeader.decoder(senderKeyID: sender, recipientKeyID: slot)] = nil }
    if remoteIsKnown { _ = makeDecoders() }
    lastUpdate = seconds
  }

  /// The control datagram that tells of the announced key.
  mutating func announcement(isAcknowledgement: Bool, acceptedTime: UInt64, at seconds: UInt64) -> ControlMessage {
    lastAnnouncement = seconds
    return ControlMessage(
      senderKeyID: announced, recipientKeyID: remoteID, isAcknowledgement: isAcknowledgement,
      sender: slots[announced]?.announcement ?? unmade[announced], recipient: remote, acceptedTime: acceptedTime)
  }

  // MARK: The peer's announcements

  /// How to answer a control datagram.
  enum Answer: Equatable { case none, acknowledgement, announcement }

  /// What became of a message: how to answer it, or why it was not taken, with nothing changed.
  enum Outcome: Equatable {
    case taken(Answer)
    case refused(DropReason)
  }

  /// Takes over what the peer says.
  mutating func take(_ message: ControlMessage) -> Outcome {
    // With one long-term key on both sides our own datagrams are authentic when somebody sends them back.
    if slots.contains(where: { $0?.announcement.key == message.sender.key }) { return .refused(.reflected) }
    guard takeRemote(message) else { return .refused(.lowOrderKey) }
    let isKnown = recognise(message)
    if !isKnown || next != nil { return .taken(.announcement) }
    return .taken(message.isAcknowledgement ? .none : .acknowledgement)
  }

  private mutating func takeRemote(_ message: ControlMessage) -> Bool {
    let before = (remote, remoteID, remoteIsKnown)
    (remote, remoteID, remoteIsKnown) = (message.sender, message.senderKeyID, true)
    if makeDecoders() { return true }
    (remote, remoteID, remoteIsKnown) = before
    return false
  }

  /// Decoders for every slot that was made, against the remote key. False, with nothing changed, if that is of low
  /// order.
  private mutating func makeDecoders() -> Bool {
    var made = decoders
    for slot in 0...1 {
      guard let key = slots[slot] else { continue }
      let index = DataHeader.decoder(senderKeyID: remoteID, recipientKeyID: slot)
      if made[index]?.isFor(key, remote) == true { continue }
      guard let decoder = Decoder(local: key, remote: remote, replayWindow: replayWindow) else { return false }
      made[index] = decoder
    }
    decoders = made
    return true
  }

  /// Whether the peer quotes a key of ours that is of use. If so, data is sealed for the peer's key from now on.
  private mutating func recognise(_ message: ControlMessage) -> Bool {
    let slot = message.recipientKeyID
    guard let key = slots[slot], key.announcement == message.recipient else { return false }
    if slot == next {
      current = slot
      next = nil
    }
    guard slot == current else { return false }
    encoder = Encoder(local: key, id: slot, remote: remote.key, remoteID: remoteID)
    return true
  }
}
