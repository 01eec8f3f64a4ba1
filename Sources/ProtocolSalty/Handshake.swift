import ProtocolKit
import Sodium
import TunnelCore

/// The state that control datagrams move: whose keys are whose, and which of them seal and open data.
///
/// Each side has two key slots. At the start it makes slot 1, which is current and, until the peer quotes it, next.
/// An update makes the other slot and announces it; once the peer quotes it, it is current. The remote key that was
/// announced last is the one that receiving ciphers for both slots are made with.
///
/// Four things the original gets wrong and this does not: a slot that was never made is never recognised in a quote
/// (the original compares zeros with zeros and goes on sealing for a peer that has restarted); a receiving cipher
/// exists only once a real remote key is known; a repeated announcement keeps the replay window; and no key of ours is
/// used or kept for longer than three lifetimes, even if somebody drops every control datagram that would replace it,
/// nor one of the peer's once it has announced none for so long.
struct Handshake {
  /// Seconds after which a key is replaced, and after which an announcement is repeated.
  static let keyLifetime: UInt64 = 300
  static let repeatAfter: UInt64 = 1
  /// Seconds after which a key is forgotten, replaced or not.
  static let keyLimit = 3 * keyLifetime

  private let replayWindow: Int
  private let handover: KeyHandover
  private var slots: [LocalKey?] = [nil, nil]
  private var current = 0
  private var next: Int?
  private var remoteID = 0
  /// Random until the first valid control datagram: libsodium refuses the zeros that the original starts from.
  private var remote = Announcement.random()
  private var remoteIsKnown = false
  /// When the peer last announced a key. Monotonic seconds.
  private var remoteSince: UInt64 = 0
  private var unmade = [Announcement.random(), Announcement.random()]

  /// What the sealer has.
  private(set) var sendingCipher: SendingCipher? {
    get { handover.sendingCipher }
    nonmutating set { handover.sendingCipher = newValue }
  }
  private(set) var receivingCiphers: [ReceivingCipher?] = [nil, nil, nil, nil]
  /// Those of remote keys that others have taken the place of, which may come back: where the peer's clock went back, a
  /// recording of an earlier run passes for its next key, until it announces its own again. What was opened must not be
  /// opened once more then. Of few: only the peer can use one, and its local key does not live long.
  private var formerCiphers: [ReceivingCipher] = []
  private static let mostFormerCiphers = 3
  private var generation: UInt64 = 0

  /// Monotonic seconds.
  private var lastUpdate: UInt64 = 0
  private var lastAnnouncement: UInt64 = 0

  init(replayWindow: Int, _ handover: KeyHandover) {
    self.replayWindow = replayWindow
    self.handover = handover
  }

  /// The slot that control datagrams name.
  private var announced: Int { next ?? current }
  var isUpdating: Bool { next != nil }
  /// Whether both sides have each other's key, as far as we know: not if the peer has announced another since, without
  /// having ours. It has restarted then, and cannot open what we seal for the key before.
  var isAgreed: Bool { next == nil && sendingCipher?.remote == remote.key }

  // MARK: Updates

  /// What the timers ask for.
  enum DueMessage { case nothing, announcement, update }

  func due(at seconds: UInt64) -> DueMessage {
    let isUsedUp = !isUpdating && sendingCipher?.key.isNearlyUsedUp == true
    if isUsedUp || seconds - lastUpdate > Self.keyLifetime { return .update }
    if !isAgreed && seconds - lastAnnouncement > Self.repeatAfter { return .announcement }
    return .nothing
  }

  /// Makes a new key in the other slot and lets it be next. The first one ever is current too.
  mutating func beginUpdate(at seconds: UInt64) {
    let slot = 1 - current
    slots[slot] = LocalKey(madeAt: seconds)
    next = slot
    if slots[current] == nil { current = slot }
    // What was opened with the slot's former key is minutes old.
    forgetReceivingCiphers(of: slot)
    if remoteIsKnown { _ = makeReceivingCiphers() }
    lastUpdate = seconds
  }

  // MARK: The end of a key

  /// Forgets, and so wipes, what has reached its limit: our own keys, and those of a peer that fell silent.
  mutating func expire(at seconds: UInt64) {
    if remoteIsKnown && seconds - remoteSince >= Self.keyLimit { startOver() }
    for slot in 0...1 {
      if let key = slots[slot], seconds - key.madeAt >= Self.keyLimit { forget(key, in: slot) }
    }
  }

  /// When the keys that data is sealed under end, so that the sealer needs nobody to tell it.
  private func setDeadline() {
    if let sendingCipher { handover.deadline = min(sendingCipher.key.madeAt, remoteSince) + Self.keyLimit }
  }

  /// As at the start. Our keys go too: should the peer announce the same key once more, as an old one does whose clock was
  /// set back, it meets new ones, under which nothing was ever recorded.
  private mutating func startOver() {
    remote = .random()
    remoteIsKnown = false
    sendingCipher = nil
    receivingCiphers = [nil, nil, nil, nil]
    formerCiphers = []
    slots = [nil, nil]
    next = nil
    lastUpdate = 0
  }

  private mutating func forget(_ key: LocalKey, in slot: Int) {
    slots[slot] = nil
    forgetReceivingCiphers(of: slot)
    if sendingCipher?.key === key { sendingCipher = nil }
    if next == slot { next = nil }
    // As at the start: the only key there is is both.
    if current == slot, let next { current = next }
  }

  private mutating func forgetReceivingCiphers(of slot: Int) {
    for sender in 0...1 { receivingCiphers[DataHeader.cipherIndex(senderKeyID: sender, recipientKeyID: slot)] = nil }
    formerCiphers.removeAll { former in !slots.contains { $0.map(former.isFor) ?? false } }
  }

  // MARK: Announcements

  /// The control datagram that tells of the announced key. `seconds` is nil if it is for whoever asks, who need not be
  /// where the peer is: it does not stand in for what the timers ask for.
  mutating func announcement(isAcknowledgement: Bool, acceptedTime: UInt64, at seconds: UInt64?) -> ControlMessage {
    if let seconds { lastAnnouncement = seconds }
    return ControlMessage(
      senderKeyID: announced, recipientKeyID: remoteID, isAcknowledgement: isAcknowledgement,
      sender: slots[announced]?.announcement ?? unmade[announced], recipient: remote, acceptedTime: acceptedTime)
  }

  /// How to answer a control datagram.
  enum Answer: Equatable { case none, acknowledgement, announcement }

  /// What became of a message: how to answer it, or why it was not taken, with nothing changed.
  enum Outcome: Equatable {
    case taken(Answer)
    case refused(DropReason)
  }

  /// Whether the message quotes a key that this run has made: then it was sent in this run. Any other may have been
  /// recorded before it.
  func isOfThisRun(_ message: ControlMessage) -> Bool {
    slots[message.recipientKeyID]?.announcement == message.recipient
  }

  /// Takes over what the peer says.
  mutating func take(_ message: ControlMessage, at seconds: UInt64) -> Outcome {
    // With one long-term key on both sides our own datagrams are authentic when somebody sends them back.
    if slots.contains(where: { $0?.announcement.key == message.sender.key }) { return .refused(.reflected) }
    guard takeRemote(message, at: seconds) else { return .refused(.lowOrderKey) }
    let isKnown = recognise(message)
    setDeadline()
    if !isKnown || next != nil { return .taken(.announcement) }
    return .taken(message.isAcknowledgement ? .none : .acknowledgement)
  }

  private mutating func takeRemote(_ message: ControlMessage, at seconds: UInt64) -> Bool {
    let before = (remote, remoteID, remoteIsKnown)
    (remote, remoteID, remoteIsKnown) = (message.sender, message.senderKeyID, true)
    if makeReceivingCiphers() {
      remoteSince = seconds
      return true
    }
    (remote, remoteID, remoteIsKnown) = before
    return false
  }

  /// Receiving ciphers for every slot that was made, against the remote key. False, with nothing changed, if that is of
  /// low order.
  private mutating func makeReceivingCiphers() -> Bool {
    var made = receivingCiphers
    for slot in 0...1 {
      guard let key = slots[slot] else { continue }
      let index = DataHeader.cipherIndex(senderKeyID: remoteID, recipientKeyID: slot)
      if made[index]?.isFor(key, remote) == true { continue }
      guard let cipher = receivingCipher(for: key) else { return false }
      made[index] = cipher
    }
    for (before, now) in zip(receivingCiphers, made) {
      if let before, before !== now, before.hasOpened { remember(before) }
    }
    receivingCiphers = made
    generation += 1
    return true
  }

  /// The one that there was for just these keys, or a new one.
  private func receivingCipher(for key: LocalKey) -> ReceivingCipher? {
    formerCiphers.first { $0.isFor(key, remote) }
      ?? ReceivingCipher(local: key, remote: remote, generation: generation, replayWindow: replayWindow)
  }

  private mutating func remember(_ cipher: ReceivingCipher) {
    if formerCiphers.contains(where: { $0 === cipher }) { return }
    if formerCiphers.count == Self.mostFormerCiphers { formerCiphers.removeFirst() }
    formerCiphers.append(cipher)
  }

  /// Whether the peer quotes a key of ours that is of use. If so, data is sealed for the peer's key from now on.
  private mutating func recognise(_ message: ControlMessage) -> Bool {
    let slot = message.recipientKeyID
    guard let key = slots[slot], isOfThisRun(message) else { return false }
    if slot == next {
      current = slot
      next = nil
    }
    guard slot == current else { return false }
    sendingCipher = SendingCipher(local: key, id: slot, remote: remote.key, remoteID: remoteID)
    return true
  }
}
