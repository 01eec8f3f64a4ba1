import TunnelCore

/// How soon traffic has to pass both ways after the last fault, and what is excepted.
enum Recovery {
  /// For so long everything has to pass then.
  static let proof = Time.seconds(3)
}

extension World {
  /// Until then all that has to recover has recovered.
  var longestRecovery: Time { recovery.reduce(0) { max($0, $1 ?? 0) } }

  /// For each tunnel: until when after the last fault; nil if the wire does not allow it at all.
  private var recovery: [Time?] { (0..<sides.count / 2).map(recovery) }

  private func recovery(of tunnel: Int) -> Time? {
    script.proto == .salty ? .seconds(15) : .seconds(3)
  }

  func judgeRecovery() {
    for side in sides {
      guard let bound = recovery(of: side.tunnel), !isExcepted(side) else { continue }
      let begin = Time.milliseconds(script.end) + bound
      let sent = deliveries.ofSide[side.index].filter { $0.time >= begin && $0.time < begin + Recovery.proof }
      let lost = sent.filter { $0.delivered == nil }.count
      if lost > 0 { fail(.recovery, "of \(sent.count) packets of \(side.name), \(lost) do not come out \(afterwards(side))") }
    }
  }

  /// Whether the wire does not allow what `side` sends to be taken.
  private func isExcepted(_ side: Side) -> Bool {
    let peer = sides[side.peerIndex]
    guard script.proto == .nacltai else { return false }
    let now = side.host.clock.now().unixSeconds
    // Its stamps are below those it has used, and nothing could tell it so: until its clock is past them.
    if side.record.forgotItsTime && Message.seconds(of: peer.record.highestAccepted, script) >= now { return true }
    // TIME_WINDOW is for clocks that are right: until its clock is past the peer's start.
    if let window = script.timeWindow, peer.record.startSeconds - Int64(window) >= now { return true }
    return false
  }

  private func afterwards(_ side: Side) -> String {
    let end = Time.milliseconds(script.end)
    let first = deliveries.ofSide[side.index].first { $0.time >= end && $0.delivered != nil }
    guard let first, let delivered = first.delivered else { return "(none that was sent after the last fault)" }
    return "(the first after the last fault did after \((delivered.time - end).inSeconds) s)"
  }
}
