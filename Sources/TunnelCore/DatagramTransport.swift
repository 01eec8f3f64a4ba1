/// The end where datagrams come from and go to: a UDP socket, or a test's memory.
public protocol DatagramTransport: KernelEnd {
  /// Where this side can be reached, as far as it is known.
  var localEndpoint: Endpoint? { get }

  /// Bytes of headers that the network puts before a datagram on its way to `endpoint`; nil for a peer that is not known
  /// yet, whom IPv4 may well reach.
  func headerBytes(towards endpoint: Endpoint?) -> Int

  /// What somebody on the path said last of how much it carries, in bytes with those headers. It fits what was sent; it
  /// may be forged all the same. Nil if nobody did.
  var toldPathMTU: Int? { get }

  /// How many messages said that a datagram was too long which was never sent.
  var forgedMessages: UInt64 { get }

  /// Appends waiting datagrams with the endpoints that they came from, as pending, without blocking.
  func receive(into datagrams: inout PacketBatch) throws -> ReadOutcome

  /// Sends every datagram that passed, from `index` on, in order, to its endpoint. Returns the index of the first that
  /// has to wait because the socket would block, or the batch's count. What the kernel refuses becomes
  /// `.dropped(.refused)` and is counted in `failures`.
  func send(_ datagrams: inout PacketBatch, from index: Int) throws -> Int

  /// Called once before anything else, then about once a second: for what takes time, and what the way to the peer is.
  func tick(at now: Moment)

  /// Appends a few of the datagrams that `receive` does not bring, since the kernel keeps them apart: they come from
  /// elsewhere than a fixed peer, or came before it was known to be fixed.
  func receiveFromElsewhere(into datagrams: inout PacketBatch) throws -> ReadOutcome

  /// How many more of those there was no room for, since this was asked last.
  func takeLostFromElsewhere() -> UInt64
}

extension DatagramTransport {
  public var localEndpoint: Endpoint? { nil }
  public var toldPathMTU: Int? { nil }
  public var forgedMessages: UInt64 { 0 }
  public func tick(at now: Moment) {}
  public func receiveFromElsewhere(into datagrams: inout PacketBatch) throws -> ReadOutcome { .drained }
  public func takeLostFromElsewhere() -> UInt64 { 0 }
}
