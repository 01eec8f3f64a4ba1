/// What a read at one end of the relay found.
public enum ReadOutcome: Sendable, Equatable {
  /// Nothing more waits there.
  case drained
  /// The batch is full, or something more may wait.
  case more
}

/// The end where inner packets come from and go to: a tun or tap device, or a test's memory.
public protocol PacketDevice: AnyObject {
  /// Appends waiting packets, as pending, without blocking and without giving one up for lack of room. What is no packet
  /// but a contradiction is appended as dropped. Throws only when the device is gone for good.
  func receive(into packets: inout PacketBatch) throws -> ReadOutcome

  /// Writes every packet that passed and is not empty, in order. What the kernel refuses becomes `.dropped(.refused)`
  /// and is counted in `failures`. Throws only when the device is gone for good.
  func send(_ packets: inout PacketBatch) throws

  /// What the kernel refused so far.
  var failures: FailureTally { get }
}

/// The end where datagrams come from and go to: a UDP socket, or a test's memory.
public protocol DatagramTransport: AnyObject {
  /// Appends waiting datagrams with the endpoints that they came from, as pending, without blocking.
  func receive(into datagrams: inout PacketBatch) throws -> ReadOutcome

  /// Sends every datagram that passed, from `index` on, in order, to its endpoint. Returns the index of the first that
  /// has to wait because the socket would block, or the batch's count. What the kernel refuses becomes
  /// `.dropped(.refused)` and is counted in `failures`.
  func send(_ datagrams: inout PacketBatch, from index: Int) throws -> Int

  var failures: FailureTally { get }

  /// Called once before anything else, then about once a second: for what takes time, and what the way to the peer is.
  func tick(at now: Moment)

  /// Appends a few of the datagrams that `receive` does not bring, since the kernel keeps them apart: they come from
  /// elsewhere than a fixed peer, or came before it was known to be fixed.
  func receiveFromElsewhere(into datagrams: inout PacketBatch) throws -> ReadOutcome

  /// How many more of those there was no room for, since this was asked last.
  func takeLostFromElsewhere() -> UInt64
}

extension DatagramTransport {
  public func tick(at now: Moment) {}
  public func receiveFromElsewhere(into datagrams: inout PacketBatch) throws -> ReadOutcome { .drained }
  public func takeLostFromElsewhere() -> UInt64 { 0 }
}
