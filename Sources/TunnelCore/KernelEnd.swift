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
