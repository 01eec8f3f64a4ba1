/// What a tunnel's device carries: tun IP packets, tap Ethernet frames (Documentation/networking/tuntap.rst). TUN_MODE
/// for the user, where 1 is tun.
public enum DeviceMode: String, Sendable { case tun, tap }

/// USE_PI: where the 4 bytes of flags and EtherType are seen that a tun device can put before each packet
/// (linux/if_tun.h, struct tun_pi).
public enum PacketInformation: Int, Sendable {
  case none = 0
  case onWire = 1
  /// Only ever seen between the kernel and us: the same on the wire as none, so the device is opened without.
  case onDevice = 2
}
