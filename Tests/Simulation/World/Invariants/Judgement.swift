import TunnelCore

/// What must hold, looked at as it happens.
extension World {
  // MARK: What comes out

  func judgeDelivery(_ packet: [UInt8], to side: Side) {
    guard let (origin, number) = deliveries.origin(of: packet) else {
      return fail(.sentByPeer, "\(side.name) delivers \(packet.count) bytes that nobody sent")
    }
    let sender = sides[origin]
    if sender.tunnel != side.tunnel { return fail(.ownDevice, "\(side.name) delivers what \(sender.name) sent") }
    if origin == side.index { return fail(.sentByPeer, "\(side.name) delivers what it sent itself") }
    judgeRepetition(origin, number, to: side)
    judgeAge(origin, number, to: side)
    judgeOpeningKey(origin, number, of: side)
    if deliveries[origin, number].delivered == nil {
      deliveries[origin, number].delivered = (queue.now, side.run)
    }
  }

  private func judgeRepetition(_ origin: Int, _ number: Int, to side: Side) {
    guard let before = deliveries[origin, number].delivered, side.program == .ours else { return }
    // A process that knows nothing of what the one before took: TIME_WINDOW is the remedy, as far as it goes.
    if script.proto == .nacltai && before.run != side.run && !isBeforeWindow(origin, number, of: side) { return }
    fail(.deliveredOnce, "packet \(number) of \(sides[origin].name) comes out again at \(side.name)")
  }

  /// Whether a packet's stamp is older than TIME_WINDOW lets anything be.
  private func isBeforeWindow(_ origin: Int, _ number: Int, of side: Side) -> Bool {
    guard let window = script.timeWindow, let datagram = deliveries[origin, number].datagram else { return false }
    return Message.seconds(of: wire.datagrams[datagram].number, script) < side.record.startSeconds - Int64(window)
  }

  private func judgeAge(_ origin: Int, _ number: Int, to side: Side) {
    guard let datagram = deliveries[origin, number].datagram else { return }
    let sealed = wire.datagrams[datagram]
    defer {
      side.record.highestAccepted = max(side.record.highestAccepted, sealed.number)
      side.record.newestDelivered = max(side.record.newestDelivered, datagram)
    }
    guard side.program == .ours else { return }
    switch script.proto {
    case .salty:
      if sealed.time < side.startedAt {
        fail(.delayed, "\(side.name) delivers packet \(number), which was sealed before its start")
      }
    case .nacltai:
      let highest = side.record.highestAccepted
      if highest > sealed.number && highest - sealed.number > UInt128(60) << 64 {
        fail(.delayed, "\(side.name) delivers packet \(number), whose stamp is over a minute behind the highest")
      }
    }
  }

  // MARK: Keys

  /// When a clock begins or was set: whether the process cannot know what was used before.
  func judgeClock(_ side: Side, at now: Moment) {
    let used = Message.seconds(of: side.record.highestNumber, script)
    let hasForgotten = side.record.lostItsFile || side.file == nil && side.run > 1
    if hasForgotten && side.record.highestNumber > 0 && now.unixSeconds <= used { side.record.forgotItsTime = true }
  }

  func judgeKey(of side: Side) {
    guard let pair = seals.pair else {
      return fail(.provenKey, "\(side.name) seals under a key that nobody has agreed on")
    }
    if seals.isLongTerm { return }
    if !seals.isProven(pair) {
      fail(.provenKey, "\(side.name) seals a packet under a key that its peer has never quoted")
    }
    guard let own = seals.made[pair.own], let remote = seals.made[pair.remote] else { return }
    let age = side.host.clock.now().monotonicSeconds &- own.monotonicSeconds
    if own.run != side.run || age >= Life.ofKey { fail(.keyLife, "\(side.name) seals under its key of \(age) s ago") }
    let remoteAge = queue.now - remote.time
    if remoteAge > Life.ofRemoteKey && sides[side.peerIndex].program == .ours {
      fail(.keyLife, "\(side.name) seals for a key that its peer made \(Int(remoteAge.inSeconds)) s ago")
    }
  }

  private func judgeOpeningKey(_ origin: Int, _ number: Int, of side: Side) {
    guard script.proto == .salty, side.program == .ours else { return }
    guard let keys = deliveries[origin, number].keys, let own = seals.made[keys.remote] else { return }
    let (age, isOfEarlierBoot) = side.host.clock.now().monotonicSeconds.subtractingReportingOverflow(
      own.monotonicSeconds)
    if own.run != side.run || isOfEarlierBoot || age > Life.ofKey {
      fail(.keyLife, "\(side.name) opens with its key of \(age) s ago")
    }
  }

  /// Seconds, and true time.
  enum Life {
    static let ofKey: UInt64 = 900
    /// The peer has it for 900 s and may announce it to the last; we keep that for 900 more.
    static let ofRemoteKey = Time.seconds(1801)
  }

  // MARK: Roaming

  func judgeRoaming(of side: Side, _ from: Endpoint?, _ to: Endpoint) {
    say("\(side.name) follows its peer to \(text(to))")
    guard side.program == .ours else { return }
    let here = side.record.batch.filter { $0.from == to && $0.isNew }
    if !here.contains(where: { $0.datagram.map { isFresh($0, for: side) } ?? false }) {
      fail(.roaming, "\(side.name) follows its peer to \(text(to)), from where nothing fresh and authentic came")
    }
  }

  /// Newer than all that came before. What was sealed before the process began salty can tell, and nacltai cannot.
  private func isFresh(_ number: Int, for side: Side) -> Bool {
    let datagram = wire.datagrams[number]
    switch script.proto {
    case .salty:
      return datagram.time >= side.startedAt && (datagram.number > 0 || number > side.record.newestDelivered)
    case .nacltai:
      return datagram.number > side.record.highestAccepted
    }
  }

  private func text(_ endpoint: Endpoint) -> String {
    let address = (0..<4).map { String(endpoint.low >> (24 - 8 * UInt64($0)) & 0xff) }.joined(separator: ".")
    return "\(address):\(endpoint.port)"
  }

  // MARK: Bounds

  /// Within ten seconds: so many of its own accord, and so many for each fresh control datagram of the peer's.
  private static let span = Time.seconds(10)
  private static let control = (unasked: 30, perAsked: 2, most: 150)
  private static let agreements = (unasked: 40, perAsked: 6)

  func judgeMemory(of side: Side, heap: Int) {
    // The protocol's objects, and the windows' numbers, for which there is up to twice the room.
    let most = (8 << 10) + 40 * min(side.record.read.count, 4 * script.replayWindow)
    if side.program == .ours && heap > most { fail(.memoryBounded, "\(side.name) had \(heap) bytes") }
  }

  func countAsked(_ side: Side) { note(&side.record.controlAsked) }

  func countControl(_ side: Side) {
    guard side.program == .ours else { return }
    note(&side.record.controlSent)
    let (sent, asked) = (side.record.controlSent.count, side.record.controlAsked.count)
    if sent > min(Self.control.unasked + Self.control.perAsked * asked, Self.control.most) {
      fail(.controlBounded, "\(side.name) sends \(sent) control datagrams in 10 s, its peer \(asked)")
    }
  }

  func countAgreement(_ side: Side) {
    note(&side.record.agreements)
    let (made, asked) = (side.record.agreements.count, side.record.controlAsked.count)
    if made > Self.agreements.unasked + Self.agreements.perAsked * asked {
      fail(.workBounded, "\(side.name) makes \(made) key agreements in 10 s, its peer announces \(asked) times")
    }
  }

  private func note(_ times: inout [Time]) {
    times.append(queue.now)
    if let first = times.firstIndex(where: { queue.now - $0 <= Self.span }) { times.removeFirst(first) }
  }
}
