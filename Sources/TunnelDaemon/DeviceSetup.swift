import Configuration
import Glibc
import LinuxSystem
import SystemPackage
import ProtocolKit
import TunDevice
import TunnelCore

/// Settings to an attached device.
enum DeviceSetup {
  static func open(_ settings: TunnelSettings) throws -> TunDevice {
    let name = settings.interface ?? ""
    do throws(SystemCallError) {
      var options = TunDevice.Options(mode: settings.mode == .tun ? .tun : .tap)
      options.packetInformation = .init(rawValue: settings.packetInformation.rawValue) ?? .none
      options.offload = settings.offload == .off ? .none : .all
      return try TunDevice(name: name, options: options)
    } catch {
      throw explain(error, name: name, settings)
    }
  }

  /// The commonest reasons, from what the system tells about the device (linux/Documentation/networking/tuntap.rst).
  private static func explain(_ error: SystemCallError, name: String, _ settings: TunnelSettings) -> Complaint {
    let asked = settings.mode == .tun ? "tun" : "tap"
    switch error.errno.rawValue {
    case EINVAL:
      return Complaint(
        "\(error)",
        why: "\(name) exists and is not a \(asked) device; TUN_MODE=\(asked == "tun" ? 1 : 0) asks for one.",
        cure: "Remove it (ip link del \(name)), choose another INTERFACE, or set TUN_MODE=\(asked == "tun" ? 0 : 1).")
    case EBUSY:
      return Complaint("\(error)", why: "Another process holds \(name).", cure: "Stop it, or choose another INTERFACE.")
    case EPERM:
      return Complaint(
        "\(error)", why: "Attaching to \(name) needs CAP_NET_ADMIN, or the device has to belong to user \(getuid()).",
        cure: "Run as root, or create it before: ip tuntap add dev \(name) mode \(asked) user \(getuid())")
    case EACCES:
      return Complaint(
        "\(error)", why: "The device node is not open to user \(getuid()).", cure: "chmod 666 /dev/net/tun")
    case ENOENT:
      return Complaint(
        "\(error)", why: "The device node is missing, as in some containers.",
        cure: "mkdir -p /dev/net && mknod /dev/net/tun c 10 200 && chmod 666 /dev/net/tun")
    case ENODEV:
      return Complaint("\(error)", why: "The kernel module is not loaded.", cure: "modprobe tun")
    default:
      return Complaint("\(error)")
    }
  }

  /// Gives the device the MTU that is asked for, if it has another. Returns a warning if `auto` could not be had.
  static func setMTU(
    of device: TunDevice, _ settings: TunnelSettings, _ description: ProtocolDescription, peer: Endpoint?
  ) throws -> String? {
    let wanted: Int
    switch settings.mtu {
    case .unchanged: return nil
    case .bytes(let bytes): wanted = bytes
    case .auto: wanted = largestMTU(settings, description, peer: peer)
    }
    if try NetworkInterface.mtu(of: device.name) == wanted { return nil }
    do throws(SystemCallError) {
      try NetworkInterface.setMTU(of: device.name, to: wanted)
      return nil
    } catch {
      let message = Complaint(
        "\(error)", why: "MTU asks for \(wanted) bytes on \(device.name), which takes CAP_NET_ADMIN to set.",
        cure: "ip link set \(device.name) mtu \(wanted)")
      if case .auto = settings.mtu { return message.description }
      throw message
    }
  }

  /// What fits the path in one piece: the path's MTU less IP and UDP headers and all that the tunnel adds.
  static func largestMTU(_ settings: TunnelSettings, _ description: ProtocolDescription, peer: Endpoint?) -> Int {
    let outerHeaders = (peer?.isIPv6 == true ? 40 : 20) + 8
    let ethernetHeader = settings.mode == .tap ? 14 : 0
    let packetInformation = settings.mode == .tun && settings.packetInformation == .onWire ? 4 : 0
    return OuterPath.pathMTU(to: peer) - outerHeaders - description.overhead - ethernetHeader - packetInformation
  }
}
