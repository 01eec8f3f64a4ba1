/// One of the two places where packets enter and leave the program. What a loop, a report or a probe needs of it, be it
/// the kernel's or a test's memory.
public protocol KernelEnd: AnyObject {
  /// Readable (poll(2)) when `receive` would bring something; nil for an end that the kernel knows nothing of.
  var descriptor: Int32? { get }

  /// What one `receive` can bring.
  var burst: Burst { get }

  /// What the kernel would not take so far, and was survived.
  var failures: FailureTally { get }

  /// What the kernel will not do at all: things still pass, but slower.
  var refusals: [Refusal] { get }
}

extension KernelEnd {
  public var descriptor: Int32? { nil }
  public var refusals: [Refusal] { [] }
}

/// What a read at one end found.
public enum ReadOutcome: Sendable, Equatable {
  /// Nothing more waits there.
  case drained
  /// The batch is full, or something more may wait.
  case more
}

/// How much one read can bring: what the batch for it has to have room for.
public struct Burst: Sendable, Equatable {
  /// Packets or datagrams.
  public var packets: Int
  /// Buffers of the largest packet's size.
  public var buffers: Int

  public init(packets: Int, buffers: Int) {
    self.packets = packets
    self.buffers = buffers
  }
}

/// Something that the kernel would not do, in words for a log.
public struct Refusal: Hashable, Sendable {
  /// "UDP_SEGMENT: Input/output error"
  public var what: String
  /// What follows from it.
  public var consequence: String

  public init(_ what: String, consequence: String) {
    self.what = what
    self.consequence = consequence
  }
}
