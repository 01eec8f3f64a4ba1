import Sodium
import TunnelCore

/// One of the two keys that a side has at a time.
final class LocalKey {
  let secret: SecretKey
  let announcement: Announcement
  /// Monotonic seconds.
  let madeAt: UInt64
  /// The counter of the last packet sealed under this key. It goes on when the remote key changes: never back.
  var counter: UInt32 = 0

  /// Whether another should take its place before the counter is used up.
  var isNearlyUsedUp: Bool { counter >= DataHeader.counterComfort }

  /// A new key, unless one is given.
  init(madeAt: UInt64 = 0, secret: SecretKey = SecretKey(), nonce: BaseNonce = .random()) {
    self.madeAt = madeAt
    self.secret = secret
    announcement = Announcement(key: secret.publicKey, nonce: nonce)
  }
}

/// Seals packets under a local and a remote key.
final class SendingCipher {
  let key: LocalKey
  /// Whose owner opens it.
  let remote: PublicKey
  private let keyIDs: UInt32
  private let box: BoxStream

  /// Nil if `remote` is of low order.
  init?(local key: LocalKey, id: Int, remote: PublicKey, remoteID: Int) {
    guard let shared = SharedKey(publicKey: remote, secretKey: key.secret) else { return nil }
    self.key = key
    self.remote = remote
    keyIDs = DataHeader.word(senderKeyID: id, recipientKeyID: remoteID)
    box = BoxStream(shared)
  }

  /// Seals the packet behind 32 bytes of room and puts header and tag before it. False if the counter is used up.
  @inline(__always)
  @_lifetime(span: copy span)
  func seal(_ span: inout MutableRawSpan) -> Bool {
    guard key.counter < DataHeader.counterMask else { return false }
    key.counter += 1
    let nonce = key.announcement.nonce
    box.seal(&span, prefix: nonce.prefix, tail: nonce.tail(key.counter))
    span.storeBigEndian(keyIDs | key.counter, at: BoxStream.roomByteCount - SaltyProtocol.dataOverhead)
    return true
  }
}

/// Opens packets that the remote side sealed under one of its keys for one of ours.
final class ReceivingCipher {
  private let local: LocalKey
  private let remote: Announcement
  /// Rises with each change of a key: what is sealed under an earlier one was sealed earlier.
  let generation: UInt64
  private let box: BoxStream
  private var window: ReplayWindow<UInt32>

  /// Nil if `remote` is of low order.
  init?(local: LocalKey, remote: Announcement, generation: UInt64, replayWindow: Int) {
    guard let shared = SharedKey(publicKey: remote.key, secretKey: local.secret) else { return nil }
    self.local = local
    self.remote = remote
    self.generation = generation
    box = BoxStream(shared)
    window = ReplayWindow(size: replayWindow)
  }

  /// Whether this is the cipher for just these keys. If so it stays, and its memory of what it has seen with it.
  func isFor(_ local: LocalKey, _ remote: Announcement) -> Bool { self.local === local && self.remote == remote }
  func isFor(_ local: LocalKey) -> Bool { self.local === local }

  /// Whether it has opened anything, and so has something to remember.
  var hasOpened: Bool { !window.isEmpty }

  /// Whether one with as high a counter was opened before.
  func isOvertaken(_ counter: UInt32) -> Bool { window.isOvertaken(counter) }

  /// Opens `box` (tag and ciphertext) in place.
  @inline(__always)
  @_lifetime(span: copy span)
  func open(_ span: inout MutableRawSpan, counter: UInt32) -> DropReason? {
    switch window.verdict(on: counter) {
    case .fresh: break
    case .duplicate: return .duplicate
    case .late: return .late
    }
    guard box.open(&span, prefix: remote.nonce.prefix, tail: remote.nonce.tail(counter)) else { return .notAuthentic }
    window.accept(counter)
    return nil
  }
}
