import TunnelCore

/// How soon traffic has to pass both ways after the last fault.
enum Recovery {
  /// For so long everything has to pass then.
  static let proof = Time.seconds(3)

  /// What the rule is, and what is excepted from it because the wire, or the original's ways, do not allow it.
  enum Case: String {
    case salty = "salty"
    case nacltai = "nacltai"
    /// Ours asks for an answer again after ten seconds and some; the original's first one goes where we were before, and
    /// it looks at its clock every five.
    case oldWaits = "salty, the original waits"
    /// It announces a key every five minutes and is silent else; until then ours, that has restarted, cannot open what it
    /// sends, and does not know where to announce its own.
    case oldCalls = "salty, the original calls, and ours that waited for it has restarted"
    case oldCallsFromElsewhere = "salty, the original has moved, and ours that follows it has restarted"
    /// It goes on sending to where it has followed us last, and nobody knows where it is itself.
    case oldAstray = "the original has moved, and follows where we are not"
    /// It drops control datagrams that are not above the last time that it accepted, and does not say so.
    case oldNeverCorrects =
      "salty, the clock is behind after a restart without a state file, and the peer is the original"
    /// Nor can its own next key find us then.
    case oldCannotCorrect = "the same, and the original sends to where the one whose clock is behind is not"
    /// Its timers go by the calendar.
    case oldCalendar = "salty, the original's clock was set back"
    /// Below the stamps that were used before: refused until the clock is past them.
    case stampsBehind = "nacltai, the clock is behind, and the state file lost or older than that"
    case oldStampsBehind = "nacltai, the original's clock was set back"
    case outsideTimeWindow = "nacltai, TIME_WINDOW with a clock that is behind"

    /// After the last fault, or after the clock is right; nil where there is none.
    var bound: Time? {
      switch self {
      case .salty: .seconds(15)
      case .nacltai, .stampsBehind, .oldStampsBehind, .outsideTimeWindow: .seconds(3)
      case .oldWaits: .seconds(20)
      case .oldCalls, .oldCallsFromElsewhere, .oldNeverCorrects: .seconds(312)
      case .oldAstray, .oldCannotCorrect, .oldCalendar: nil
      }
    }
  }
}

/// The rule that holds for what a side sends, and until when it has to have recovered; nil for never.
struct RecoveryRule {
  var rule: Recovery.Case
  var end: Time?
}

extension World {
  /// To be called when the last fault is over.
  func makeRecoveryRules() {
    recoveryRules = sides.map { side in
      let (rule, behind) = rule(for: side)
      coverage.note(rule)
      if rule != .salty && rule != .nacltai { say("what \(side.name) sends is excepted: \(rule.rawValue)") }
      // A clock that is behind by more is not waited for.
      guard let bound = rule.bound, behind < 400 else { return RecoveryRule(rule: rule) }
      return RecoveryRule(rule: rule, end: queue.now + bound + .seconds(Double(behind)))
    }
  }

  /// With by how many seconds a clock is behind, which has to be right first.
  private func rule(for side: Side) -> (Recovery.Case, behind: Int64) {
    script.proto == .salty ? (saltyRule(for: side), 0) : naclTAIRule(for: side)
  }

  /// The original of a tunnel, and ours; nil if both are ours.
  private func programs(of side: Side) -> (old: Side, ours: Side)? {
    let peer = sides[side.peerIndex]
    return side.program == .old ? (side, peer) : peer.program == .old ? (peer, side) : nil
  }

  private func saltyRule(for side: Side) -> Recovery.Case {
    guard let (old, ours) = programs(of: side) else { return .salty }
    if old.record.wasSetBack { return .oldCalendar }
    if ours.record.forgotItsTime {
      let finds = old.relay?.session.peer == ours.endpoint && !ours.host.isBehindNAT
      return finds ? .oldNeverCorrects : .oldCannotCorrect
    }
    if ours.run > 1 && !ours.calls { return .oldCalls }
    if isAstray(old, ours) { return .oldAstray }
    if ours.run > 1 && script.layout == .floats && old.host.moves > 0 { return .oldCallsFromElsewhere }
    return old.calls ? .salty : .oldWaits
  }

  private func isAstray(_ old: Side, _ ours: Side) -> Bool {
    script.layout == .floats && old.host.moves > 0 && old.relay?.session.peer != ours.endpoint
  }

  private func naclTAIRule(for side: Side) -> (Recovery.Case, behind: Int64) {
    let peer = sides[side.peerIndex]
    let follows = script.layout == .floats || !side.calls
    if let (old, ours) = programs(of: side), isAstray(old, ours) { return (.oldAstray, 0) }
    // Where the peer is, who follows it, has to be told by what is refused.
    let reasons = [refusal(side), follows ? refusal(peer) : nil].compactMap { $0 }
    return reasons.max { $0.behind < $1.behind } ?? (.nacltai, 0)
  }

  /// Why the peer has to refuse what a side sends, and for how many seconds more; nil if it need not.
  private func refusal(_ side: Side) -> (Recovery.Case, behind: Int64)? {
    let peer = sides[side.peerIndex]
    let now = side.host.clock.now().unixSeconds
    let behind = Message.seconds(of: peer.record.highestAccepted, script) - now + 1
    if behind >= 0 && side.program == .old { return (.oldStampsBehind, behind) }
    if behind >= 0 && (side.record.forgotItsTime || side.record.lostWrites) { return (.stampsBehind, behind) }
    let early = script.timeWindow.map { peer.record.startSeconds - Int64($0) - now + 1 } ?? -1
    return early >= 0 ? (.outsideTimeWindow, early) : nil
  }

  /// When everything has recovered that has to, and proved it.
  var endOfRecovery: Time { recoveryRules.reduce(queue.now) { max($0, $1.end ?? 0) } + Recovery.proof + .seconds(1) }

  func judgeRecovery() {
    for (side, rule) in zip(sides, recoveryRules) {
      guard let begin = rule.end else { continue }
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
