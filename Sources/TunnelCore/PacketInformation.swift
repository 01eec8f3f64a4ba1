/// USE_PI: where the 4 bytes of flags and EtherType are seen that a tun device can put before each packet
/// (linux/if_tun.h, struct tun_pi).
public enum PacketInformation: Int, Sendable {
  case none = 0
  case onWire = 1
  /// Only ever seen between the kernel and us: the same on the wire as none, so the device is opened without.
  case onDevice = 2
}
