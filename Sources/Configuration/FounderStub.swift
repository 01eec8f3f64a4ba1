// Temporary stub by the founder to try the daemon: delete when the real one is there.
public import Sodium
public struct TunnelSettings: Sendable {
  public enum Mode: Sendable { case tun, tap }
  public enum PacketInformation: Int, Sendable { case none, onWire, onDevice }
  public enum MTU: Sendable { case unchanged, auto, bytes(Int) }
  public enum Offload: Sendable { case auto, on, off }
  public var protocolName = "salty"
  public var interface: String?
  public var mode = Mode.tap
  public var packetInformation = PacketInformation.none
  public var localAddress: String?
  public var localPort: UInt16 = 2998
  public var remoteAddress: String?
  public var remotePort: UInt16 = 2998
  public var remoteFloat = false
  public var tunUpScript: String?
  public var setuid: String?
  public var chroot: String?
  public var peerKey: PublicKey?
  public var privateKey: SecretKey?
  public var timeWindow: UInt32?
  public var role: Bool?
  public var offload = Offload.auto
  public var mtu = MTU.unchanged
  public var replayWindow = 2048
  public init() {}
}
