/// From devices to the network: what one thread needs for that direction, however many links it serves.
///
/// 1. A device fills the batch; 2. its session's protocol seals it; 3. the datagrams leave for the peer. What the socket
/// cannot take now waits, and every device with it.
public final class OutboundLane {
  private let clock: any Clock
  private var batch: PacketBatch
  /// The first datagram of the batch that has not been sent yet.
  private var unsent = 0
  /// Whose datagrams wait for their transport to take them; nil if none do.
  public private(set) var waiting: Link?

  /// A lane for devices that bring at most `burst` at once, and for protocols that need no more room than `headroom` before
  /// a packet and `tailroom` behind.
  public init(_ burst: Burst, headroom: Int, tailroom: Int, clock: any Clock) {
    self.clock = clock
    batch = PacketBatch(for: burst, headroom: headroom, tailroom: tailroom)
  }

  /// One batch from the link's device to its peer.
  public func relay(_ link: Link) throws -> Progress {
    guard try sendRest() else { return .blocked }
    batch.removeAll()
    unsent = 0
    let outcome = try link.device.receive(into: &batch)
    if batch.isEmpty { return .idle }
    waiting = link
    link.session.sealer.seal(&batch, 0..<batch.count, at: clock.now())
    link.session.address(&batch)
    guard try sendRest() else { return .blocked }
    return outcome == .more ? .more : .idle
  }

  /// Sends a keepalive, an empty packet, to where a peer that has moved may be again: if it is, it answers from there. Not
  /// while others' datagrams wait.
  public func seek(_ link: Link) throws {
    guard let place = link.session.soughtAt, waiting == nil else { return }
    batch.removeAll()
    unsent = 0
    guard let start = batch.roomForNext(0) else { return }
    batch.append(at: start, length: 0, endpoint: place)
    waiting = link
    link.session.sealer.seal(&batch, 0..<1, at: clock.now())
    _ = try sendRest()
  }

  /// Sends what is left of the batch. False if some of it has to wait.
  private func sendRest() throws -> Bool {
    guard let link = waiting else { return true }
    let start = unsent
    do {
      unsent = try link.transport.send(&batch, from: start)
    } catch {
      // The transport is gone, and what was for it: others' have nothing to do with that.
      waiting = nil
      throw error
    }
    link.session.countSent(batch, start..<unsent)
    if unsent == batch.count { waiting = nil }
    return waiting == nil
  }
}
