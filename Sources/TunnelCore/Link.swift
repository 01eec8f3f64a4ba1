/// One peer's session between the two ends that it joins: the device that its packets come from and go to, and the
/// transport that reaches it.
public struct Link {
  public let session: Session
  public let device: any PacketDevice
  public let transport: any DatagramTransport

  public init(_ session: Session, device: any PacketDevice, transport: any DatagramTransport) {
    self.session = session
    self.device = device
    self.transport = transport
  }
}

/// What a step of one direction came to.
public enum Progress: Sendable, Equatable {
  /// Nothing more waits at the source.
  case idle
  /// Another step may find more.
  case more
  /// The transport would block: come again when it can be written to.
  case blocked
}
