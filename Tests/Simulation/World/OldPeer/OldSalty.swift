import TunnelCore

/// A process of the original with PROTOCOL=salty.
final class OldSalty: OldProcess {
  /// What is known of the peer: zeros until its first control datagram.
  private struct Remote {
    var keyID = 0
    var publicKey = OldKey.unmade.publicKey
    var nonce = OldKey.unmade.nonce
  }

  /// Opens what is for one of this side's keys, from one of the peer's.
  private struct Decoder {
    /// Zeros until it is made: anybody can seal for such a one.
    var key = [UInt8](repeating: 0, count: OldBox.keyByteCount)
    var nonce = OldKey.unmade.nonce
    var window = OldWindow<UInt32>(0)
  }

  private static let headerByteCount = 4
  private static let counterMask: UInt32 = 1 << 29 - 1
  let overhead = headerByteCount + OldBox.tagByteCount
  var outbox: [[UInt8]] = []
  private let keys: OldLongTermKeys
  private let makeKey: () -> OldKey

  private var local = [OldKey.unmade, OldKey.unmade]
  private var current = 0
  /// The key that is announced, until the peer quotes it.
  private var next: Int?
  private var remote = Remote()
  /// The key that packets are sealed with. It may be older than what is known of the peer.
  private var encoder: [UInt8]?
  /// By the peer's key id, then by this side's.
  private var decoders = Array(repeating: [Decoder(), Decoder()], count: 2)
  private var controlTime: UInt64
  private var acceptedTime: UInt64 = 0
  /// When an update was begun, and when a control datagram was sent. Unix seconds.
  private var lastUpdate: Int64 = 0, lastSend: Int64 = 0
  /// A key that libsodium refuses ended the process.
  private var hasEnded = false

  init(_ keys: OldLongTermKeys, at start: Moment, keys makeKey: @escaping () -> OldKey) {
    self.keys = keys
    self.makeKey = makeKey
    controlTime = UInt64(bitPattern: start.unixSeconds) &* 256
    beginUpdate(start.unixSeconds)
    current = 1
  }

  // MARK: Timers

  func lookAtTimers(at now: Moment) {
    if hasEnded { return }
    let seconds = now.unixSeconds
    if seconds - lastUpdate > 300 {
      beginUpdate(seconds)
    } else if next != nil {
      if seconds - lastSend > 1 { send(isAcknowledgement: false, seconds) }
    } else if local[current].counter >= 1 << 28 {
      // Assumed: once, and not again while that update is pending. No experiment has sealed so many packets.
      beginUpdate(seconds)
    }
  }

  /// Even when one is pending: its key is thrown away, and another made in the same place.
  private func beginUpdate(_ seconds: Int64) {
    let slot = 1 - current
    next = slot
    local[slot] = makeKey()
    lastUpdate = seconds
    makeDecoder(for: slot)
    send(isAcknowledgement: false, seconds)
  }

  private func send(isAcknowledgement: Bool, _ seconds: Int64) {
    let slot = next ?? current
    let message = OldControl(
      senderKeyID: slot, recipientKeyID: remote.keyID, isAcknowledgement: isAcknowledgement,
      senderKey: local[slot].publicKey, senderNonce: local[slot].nonce, recipientKey: remote.publicKey,
      recipientNonce: remote.nonce, acceptedTime: acceptedTime)
    controlTime &+= 1
    lastSend = seconds
    let nonce = OldControl.nonce(keys.ownRole, time: controlTime)
    outbox.append(
      [0x80] + [UInt8](bigEndian: controlTime) + OldBox.seal(message.bytes, nonce: nonce, key: keys.shared))
  }

  // MARK: Keys

  private func makeDecoder(for slot: Int) {
    guard let key = agreement(slot) else { return }
    decoders[remote.keyID][slot] = Decoder(key: key, nonce: remote.nonce)
  }

  private func agreement(_ slot: Int) -> [UInt8]? {
    let key = OldBox.agreement(peer: remote.publicKey, secret: local[slot].secret)
    if key == nil { hasEnded = true }
    return key
  }

  // MARK: Packets out

  func seal(_ packet: [UInt8], at now: Moment) -> Result<[UInt8], OldRefusal> {
    lookAtTimers(at: now)
    guard let encoder, !hasEnded else { return .failure(OldRefusal(.noKey)) }
    guard packet.count <= OldLimit.packet else { return .failure(OldRefusal(.tooLong)) }
    guard local[current].counter < Self.counterMask else { return .failure(OldRefusal(.counterExhausted)) }
    local[current].count()
    // The ids are the newest ones, even where the key is an older one.
    let header = UInt32(current << 30 | remote.keyID << 29) | local[current].counter
    return .success([UInt8](bigEndian: header) + OldBox.seal(packet, nonce: local[current].nonce, key: encoder))
  }

  // MARK: Datagrams in

  func open(_ datagram: [UInt8], at now: Moment) -> Result<OldContent, OldRefusal> {
    lookAtTimers(at: now)
    if hasEnded { return .failure(OldRefusal(.refused)) }
    guard let first = datagram.first else { return .failure(OldRefusal(.tooShort)) }
    guard datagram.count <= OldLimit.datagram else { return .failure(OldRefusal(.notAuthentic)) }
    return first >> 7 == 1 ? takeControl(datagram, now.unixSeconds) : openData(datagram)
  }

  private func openData(_ datagram: [UInt8]) -> Result<OldContent, OldRefusal> {
    guard datagram.count >= overhead else { return .failure(OldRefusal(.tooShort)) }
    guard datagram.count <= overhead + OldLimit.packet else { return .failure(OldRefusal(.tooLong)) }
    let header: UInt32 = datagram.prefix(Self.headerByteCount).bigEndian()
    let (remoteID, slot, counter) = (Int(header >> 30 & 1), Int(header >> 29 & 1), header & Self.counterMask)
    let decoder = decoders[remoteID][slot]
    if let refusal = decoder.window.refusal(of: counter) { return .failure(refusal) }
    let nonce = decoder.nonce.prefix(OldKey.baseNonceByteCount) + [UInt8](bigEndian: counter)
    let sealed = datagram.dropFirst(Self.headerByteCount)
    guard let packet = OldBox.open(sealed, nonce: Array(nonce), key: decoder.key) else {
      return .failure(OldRefusal(.notAuthentic))
    }
    decoders[remoteID][slot].window.remember(counter)
    return .success(.packet(packet))
  }

  private func takeControl(_ datagram: [UInt8], _ seconds: Int64) -> Result<OldContent, OldRefusal> {
    guard datagram.count >= OldControl.datagramByteCount else { return .failure(OldRefusal(.tooShort)) }
    let time: UInt64 = datagram[1..<OldControl.headerByteCount].bigEndian()
    guard time > acceptedTime else { return .failure(OldRefusal(.late)) }
    let sealed = datagram.dropFirst(OldControl.headerByteCount)
    guard let payload = OldBox.open(sealed, nonce: OldControl.nonce(keys.peerRole, time: time), key: keys.shared)
    else { return .failure(OldRefusal(.notAuthentic)) }
    acceptedTime = time
    take(OldControl(payload), seconds)
    return hasEnded ? .failure(OldRefusal(.lowOrderKey)) : .success(.control)
  }

  private func take(_ message: OldControl, _ seconds: Int64) {
    remote = Remote(keyID: message.senderKeyID, publicKey: message.senderKey, nonce: message.senderNonce)
    controlTime = max(controlTime, message.acceptedTime)
    let isKnown = local[message.recipientKeyID].isQuoted(by: message.recipientKey, message.recipientNonce)
    if isKnown { turn(to: message.recipientKeyID) }
    // Made anew even where nothing changed: what they remembered of counters is forgotten.
    for slot in 0...1 { makeDecoder(for: slot) }
    if hasEnded { return }
    let isSettled = isKnown && next == nil
    if message.isAcknowledgement && isSettled { return }
    send(isAcknowledgement: isSettled, seconds)
  }

  /// The peer knows the key in `slot`. A slot that was never made is neither next nor current: then the encoder stays as
  /// it is, for the process that is gone.
  private func turn(to slot: Int) {
    if slot == next { (current, next) = (slot, nil) }
    if slot == current { encoder = agreement(slot) }
  }
}
