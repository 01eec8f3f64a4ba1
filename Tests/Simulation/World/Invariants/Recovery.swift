import TunnelCore

/// How soon traffic has to pass both ways after the last fault.
enum Recovery {
  /// For so long everything has to pass then.
  static let proof = Time.seconds(3)

  /// What the rule is, and what is excepted from it because the wire, or the original's ways, do not allow it.
  enum Case: String, CaseIterable {
    case salty = "salty"
    case nacltai = "nacltai"
    /// Ours asks for an answer again after ten seconds and some; the original's first one goes where we were before, and
    /// it looks at its clock every five.
    case oldWaits = "salty, the original waits"
    /// It announces a key every five minutes and is silent else; until then ours, that has restarted, cannot open what it
    /// sends, and does not know where to announce its own.
    case oldCalls = "salty, the original calls, and ours that waited for it has restarted"
    case oldMoved = "salty, the original has moved, and ours has restarted"
    /// It drops control datagrams that are not above the last time that it accepted, and does not say so.
    case oldNeverCorrects =
      "salty, the clock is behind after a restart without a state file, and the peer is the original"
    /// Below the stamps that were used before: refused until the clock is past them.
    case stampsBehind = "nacltai, the clock is behind after a restart without a state file"
    case oldStampsBehind = "nacltai, the original's clock was set back"
    case outsideTimeWindow = "nacltai, TIME_WINDOW with a clock that is behind"

    /// After the last fault; nil where the wire sets no bound.
    var bound: Time? {
      switch self {
      case .salty: .seconds(15)
      case .nacltai: .seconds(3)
      case .oldWaits: .seconds(20)
      case .oldCalls, .oldMoved, .oldNeverCorrects: .seconds(312)
      case .stampsBehind, .oldStampsBehind, .outsideTimeWindow: nil
      }
    }
  }
}

extension World {
  /// Until then all that has to recover has recovered.
  var longestRecovery: Time {
    stride(from: 0, to: sides.count, by: 2).reduce(.seconds(1)) { max($0, recovery(of: sides[$1]).bound ?? 0) }
  }

  /// Which rule holds for what `side` sends. To be asked after the last fault.
  private func recovery(of side: Side) -> Recovery.Case {
    script.proto == .salty ? saltyRecovery(side) : naclTAIRecovery(side)
  }

  private func saltyRecovery(_ side: Side) -> Recovery.Case {
    let peer = sides[side.peerIndex]
    guard let (old, ours) = side.program == .old ? (side, peer) : peer.program == .old ? (peer, side) : nil else {
      return .salty
    }
    if ours.record.forgotItsTime { return .oldNeverCorrects }
    if ours.run > 1 && !ours.calls { return .oldCalls }
    if ours.run > 1 && old.host.moves > 0 { return .oldMoved }
    return old.calls ? .salty : .oldWaits
  }

  private func naclTAIRecovery(_ side: Side) -> Recovery.Case {
    let peer = sides[side.peerIndex]
    let follows = script.layout == .floats || !side.calls
    // Where the peer is, who follows it, has to be told by what is refused.
    return refusal(side) ?? (follows ? refusal(peer) : nil) ?? .nacltai
  }

  private func refusal(_ side: Side) -> Recovery.Case? {
    let peer = sides[side.peerIndex]
    let now = side.host.clock.now().unixSeconds
    let isBehind = Message.seconds(of: peer.record.highestAccepted, script) >= now
    if isBehind && side.program == .old { return .oldStampsBehind }
    if isBehind && side.record.forgotItsTime { return .stampsBehind }
    if let window = script.timeWindow, peer.record.startSeconds - Int64(window) >= now { return .outsideTimeWindow }
    return nil
  }

  func judgeRecovery() {
    for side in sides {
      let rule = recovery(of: side)
      coverage.note(rule)
      guard let bound = rule.bound else { continue }
      let begin = Time.milliseconds(script.end) + bound
      let sent = deliveries.ofSide[side.index].filter { $0.time >= begin && $0.time < begin + Recovery.proof }
      let lost = sent.filter { $0.delivered == nil }.count
      if lost > 0 {
        fail(.recovery, "of \(sent.count) packets of \(side.name), \(lost) do not come out \(afterwards(side))")
      }
    }
  }

  private func afterwards(_ side: Side) -> String {
    let end = Time.milliseconds(script.end)
    let first = deliveries.ofSide[side.index].first { $0.time >= end && $0.delivered != nil }
    guard let first, let delivered = first.delivered else { return "(none that was sent after the last fault)" }
    return "(the first after the last fault did after \((delivered.time - end).inSeconds) s)"
  }
}
