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
