import TunnelCore

/// One process of the original, without sockets and devices: what comes of a packet, of a datagram, of time that passes.
protocol OldProcess: AnyObject {
  /// Bytes that a datagram has more than its packet.
  var overhead: Int { get }

  /// Control datagrams to be sent, in order; whoever sends them removes them.
  var outbox: [[UInt8]] { get set }

  /// The datagram for a packet from the device.
  func seal(_ packet: [UInt8], at now: Moment) -> Result<[UInt8], OldRefusal>

  /// What a datagram from the network is.
  func open(_ datagram: [UInt8], at now: Moment) -> Result<OldContent, OldRefusal>

  /// What the original does after five quiet seconds.
  func lookAtTimers(at now: Moment)
}

/// What an authentic datagram held.
enum OldContent {
  case packet([UInt8])
  case control
}

/// Why something went no further.
struct OldRefusal: Error {
  let reason: DropReason

  init(_ reason: DropReason) { self.reason = reason }
}

/// What fits into the original's buffers.
enum OldLimit {
  /// It reads so much of a datagram: the rest is cut off, and what is left does not authenticate.
  static let datagram = 1550
  /// Beyond this salty (both ways), and nacltai when it sends, write past a buffer. What follows is chance, and not
  /// modelled: such packets are dropped here.
  static let packet = 1520
}
