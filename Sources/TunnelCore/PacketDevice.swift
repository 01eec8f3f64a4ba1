/// The end where inner packets come from and go to: a tun or tap device, or a test's memory.
public protocol PacketDevice: KernelEnd {
  /// The network interface's name.
  var name: String { get }

  /// Appends waiting packets, as pending, without blocking and without giving one up for lack of room. A packet whose
  /// headers contradict each other is appended as dropped. Throws only when the device is gone for good.
  func receive(into packets: inout PacketBatch) throws -> ReadOutcome

  /// Writes every packet in `range` that passed and is not empty, in order. What the kernel refuses becomes
  /// `.dropped(.refused)` and is counted in `failures`. Throws only when the device is gone for good.
  func send(_ packets: inout PacketBatch, _ range: Range<Int>) throws
}

/// The device is gone: somebody deleted it.
public struct DeviceVanished: Error, CustomStringConvertible {
  public let name: String
  /// The kernel's words.
  public let reason: String

  public init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  public var description: String { "\(name): \(reason)" }
}
