/// What a tunnel's device carries: tun IP packets, tap Ethernet frames (Documentation/networking/tuntap.rst). TUN_MODE
/// for the user, where 1 is tun.
public enum DeviceMode: String, Sendable { case tun, tap }
