import CSodiumRecorder
import Sodium
import TunnelCore

/// What the world sees of its sides: at their sockets and devices, and where they call libsodium.
extension World {
  func connect(_ side: Side) {
    side.device.onRead = { [unowned self, unowned side] packets in
      side.record.leaving = packets.map { deliveries.origin(of: $0)?.number ?? -1 }
    }
    side.device.onDelivery = { [unowned self, unowned side] in judgeDelivery($0, to: side) }
    side.transport.onRead = { [unowned self, unowned side] in noteRead($0, by: side) }
    side.transport.onSend = { [unowned self, unowned side] bytes, remote, index in
      noteSent(bytes, by: side, place: index)
      send(bytes, from: side, to: remote)
    }
    side.transport.onBatchSent = { [unowned side] in (side.record.leaving, side.record.sealed) = ([], []) }
  }

  private func noteRead(_ arrivals: [MemoryTransport.Arrival], by side: Side) {
    observe(side)
    side.record.tagChecks = 0
    side.record.batch = arrivals.map { arrival in
      // What the peer itself has sealed, and this process has not seen yet.
      let datagram = wire.find(arrival.bytes).flatMap { wire.datagrams[$0].side == side.peerIndex ? $0 : nil }
      let isNew = datagram.map { side.record.read.insert($0).inserted } ?? false
      if isNew && Message.isControl(arrival.bytes) { countAsked(side) }
      return (datagram, arrival.from, isNew)
    }
  }

  private func noteSent(_ bytes: [UInt8], by side: Side, place: Int) {
    let number = Message.number(bytes, script)
    side.record.highestNumber = max(side.record.highestNumber, number)
    if place < side.record.leaving.count, side.record.leaving[place] >= 0 {
      let packet = side.record.leaving[place]
      deliveries[side.index, packet].datagram = wire.datagrams.count
      deliveries[side.index, packet].keys = place < side.record.sealed.count ? side.record.sealed[place] : nil
    }
    if script.proto == .salty, Message.isControl(bytes) { noteControl(bytes, by: side) }
  }

  private func noteControl(_ bytes: [UInt8], by side: Side) {
    let peer = sides[side.peerIndex]
    let before = atWork
    atWork = nil
    defer { atWork = before }
    guard let announcement = Announcement(bytes, from: side, to: peer) else { return }
    seals.proves(announcement)
    countControl(side)
    let state = state(announcement, of: side)
    coverage.note(state, after: side.record.announced == nil ? nil : side.record.state)
    (side.record.announced, side.record.state) = (announcement.sender, state)
    say("\(side.name) announces \(state) (time \(Message.number(bytes, script)))")
  }

  /// What a control datagram shows of the handshake as its sender sees it.
  private func state(_ announcement: Announcement, of side: Side) -> String {
    let peer = sides[side.peerIndex]
    let named = announcement.sender == side.record.announced ? "the same key" : "a new key"
    let quoted = seals.made[announcement.recipient].flatMap { $0.side == peer.index ? $0 : nil }
    let quote =
      quoted.map {
        $0.run < peer.run
          ? "a key of a run before"
          : announcement.recipient == peer.record.announced
            ? "the peer's key"
            : "the peer's former key"
      } ?? "no key"
    return "\(named), quotes \(quote)\(announcement.isAcknowledgement ? ", acknowledges" : "")"
  }

  /// Once a side has worked: a keepalive counts among what it has accepted, though it comes out nowhere.
  func observe(_ side: Side) {
    for case (let datagram?, _, true) in side.record.batch where wire.datagrams[datagram].bytes.count == 32 {
      side.record.highestAccepted = max(side.record.highestAccepted, wire.datagrams[datagram].number)
    }
    side.record.batch = []
  }
}

// MARK: At libsodium

extension World {
  /// Hears the calls of the process at work, if it is ours.
  static func listen() {
    _ = isListening
  }

  private var ours: Side? { atWork.flatMap { $0.program == .ours ? $0 : nil } }

  fileprivate func madePublicKey(_ publicKey: Seals.Key, _ secret: Seals.Key) {
    guard let side = atWork else { return seals.configures(publicKey, secret: secret) }
    seals.makes(
      publicKey, secret: secret,
      Seals.Made(
        side: side.index, run: side.run, time: queue.now,
        monotonicSeconds: side.host.clock.now().monotonicSeconds))
  }

  fileprivate func agreed(_ shared: Seals.Key, _ remote: Seals.Key, _ secret: Seals.Key) {
    guard let side = ours else { return }
    seals.agrees(side.index, on: shared, with: remote, secret: secret)
    countAgreement(side)
  }

  fileprivate func derived(_ subkey: Seals.Key, _ shared: Seals.Key) {
    if ours != nil { seals.derives(subkey, from: shared) }
  }

  fileprivate func begins(_ subkey: Seals.Key, _ tail: UInt64) {
    guard let side = ours else { return }
    seals.begins(side.index, subkey, tail: tail)
    // A control time is used though the datagram may have nowhere to go.
    if script.proto == .salty && seals.isLongTerm {
      side.record.highestNumber = max(side.record.highestNumber, UInt128(tail.bigEndian))
    }
    judgeKey(of: side)
  }

  fileprivate func ends(_ ciphertext: UnsafeRawBufferPointer) {
    guard let side = ours else { return }
    side.record.sealed.append(seals.pair)
    if !seals.ends(ciphertext), !(side.record.forgotItsTime && seals.isLongTerm) {
      fail(.nonceOnce, "\(side.name) has sealed two texts with one key and nonce")
    }
  }

  fileprivate func looksAtTag() {
    guard let side = ours else { return }
    side.record.tagChecks += 1
    if side.record.tagChecks > side.record.batch.count {
      fail(.workBounded, "\(side.name) looks at more tags than there are datagrams")
    }
  }

  private static let isListening: Bool = {
    // libsodium draws some bytes for itself when it starts: no world's.
    _ = SecureRandom()
    sodium_draw_from { bytes, count in
      if let bytes { World.current?.fill(UnsafeMutableRawBufferPointer(start: bytes, count: count)) }
    }
    sodium_tell(listener)
    return true
  }()

  /// For the life of the process: libsodium keeps its address.
  nonisolated(unsafe) private static let listener: UnsafePointer<sodium_listener> = {
    let place = UnsafeMutablePointer<sodium_listener>.allocate(capacity: 1)
    place.initialize(
      to: sodium_listener(
        made_public_key: { publicKey, secret in
          if let publicKey, let secret { World.current?.madePublicKey(.init(publicKey), .init(secret)) }
        },
        agreed: { shared, publicKey, secret in
          if let shared, let publicKey, let secret {
            World.current?.agreed(.init(shared), .init(publicKey), .init(secret))
          }
        },
        derived: { subkey, shared, _ in
          if let subkey, let shared { World.current?.derived(.init(subkey), .init(shared)) }
        },
        seals: { _, _, tail, subkey in
          if let tail, let subkey {
            World.current?.begins(.init(subkey), UnsafeRawPointer(tail).loadUnaligned(as: UInt64.self))
          }
        },
        sealed: { ciphertext, count in
          World.current?.ends(UnsafeRawBufferPointer(start: ciphertext, count: count))
        },
        looked_at_tag: { _ in World.current?.looksAtTag() }))
    return UnsafePointer(place)
  }()
}
