/// Says whose a datagram is that came in at a transport.
public protocol Demultiplexer: AnyObject {
  /// Whose the datagram at `index` is (nil for nobody's), and the slot after the last of those behind it that are the
  /// same one's without asking again.
  func owner(of datagrams: borrowing PacketBatch, at index: Int) -> (link: Link?, end: Int)
}

/// One peer: every datagram is for it to accept or refuse.
public final class SinglePeer: Demultiplexer {
  private let link: Link

  public init(_ link: Link) { self.link = link }

  public func owner(of datagrams: borrowing PacketBatch, at index: Int) -> (link: Link?, end: Int) {
    (link, datagrams.count)
  }
}
