package import Configuration
package import Diagnosis
package import LinuxSystem
import SystemPackage
package import ProtocolKit
package import TunDevice
package import TunnelCore

/// Settings to an attached device.
package enum DeviceSetup {
  package static func open(_ settings: TunnelSettings) throws -> TunDevice {
    let name = settings.interface ?? ""
    do throws(SystemCallError) {
      var options = TunDevice.Options(mode: settings.mode == .tun ? .tun : .tap)
      options.packetInformation = .init(rawValue: settings.packetInformation.rawValue) ?? .none
      options.offload = settings.offload == .off ? .none : .all
      return try TunDevice(name: name, options: options)
    } catch {
      throw DeviceRefusal(error, name: name, kind: settings.deviceKind).complaint
    }
  }

  /// Gives the device the MTU that is asked for, if it has another. Returns a warning if `auto` could not be had.
  package static func setMTU(
    of device: TunDevice, _ settings: TunnelSettings, _ description: ProtocolDescription, peer: Endpoint?
  ) throws -> String? {
    let wanted: Int
    switch settings.mtu {
    case nil: return nil
    case .bytes(let bytes): wanted = bytes
    case .auto:
      wanted = largestMTU(
        settings, description, isIPv6: peer?.isIPv6 == true,
        path: SocketSetup.routeMTU(to: peer, localPort: settings.localPort))
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
  package static func largestMTU(
    _ settings: TunnelSettings, _ description: ProtocolDescription, isIPv6: Bool, path: Int
  ) -> Int {
    let outerHeaders = (isIPv6 ? 40 : 20) + 8
    let ethernetHeader = settings.mode == .tap ? 14 : 0
    let packetInformation = settings.mode == .tun && settings.packetInformation == .onWire ? 4 : 0
    return path - outerHeaders - description.overhead - ethernetHeader - packetInformation
  }

  /// What the device takes.
  package static func expectation(_ settings: TunnelSettings) -> InnerPacket.Expectation {
    if settings.mode == .tap { return .frame }
    return settings.packetInformation == .onWire ? .packetWithInformation : .packet
  }
}

extension TunnelSettings {
  /// TUN_MODE as the system names it.
  package var deviceKind: InterfaceFacts.Kind { mode == .tun ? .tun : .tap }
}
