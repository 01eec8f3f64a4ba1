import TunnelCore

/// Lets both directions of a tunnel take turns, a batch each, while there is more to do; nothing waits to fill a batch.
struct TurnTaking {
  /// Whether the source of either direction has something.
  var inboundIsReady = false
  var outboundIsReady = false
  /// Whether the transport was full: until it can be written to again, nothing outbound is read.
  private(set) var isBlocked = false

  /// Batches of each direction before signals and timers are looked at again.
  static let mostRounds = 16

  /// Takes turns until neither has more, or it is time to look at something else: what is left then is the next one's.
  mutating func run(inbound: () throws -> Progress, outbound: () throws -> Progress) rethrows {
    for _ in 0..<Self.mostRounds where inboundIsReady || outboundIsReady {
      if inboundIsReady { inboundIsReady = try inbound() == .more }
      if outboundIsReady {
        let progress = try outbound()
        outboundIsReady = progress == .more
        isBlocked = progress == .blocked
      }
    }
    // epoll is level-triggered: what is left is reported again.
    (inboundIsReady, outboundIsReady) = (false, false)
  }
}
