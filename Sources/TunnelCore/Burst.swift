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
