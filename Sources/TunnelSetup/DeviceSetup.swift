package import Configuration
package import Diagnosis
import LinuxSystem
import SystemPackage
package import ProtocolKit
import TunDevice
package import TunnelCore

/// Settings to an attached device.
package enum DeviceSetup {
  package static func open(_ settings: TunnelSettings) throws -> any PacketDevice {
    let name = settings.interface ?? ""
    do throws(SystemCallError) {
      var options = TunDevice.Options(mode: settings.mode)
      options.packetInformation = settings.packetInformation
      options.usesOffloads = settings.offload != .off
      return try TunDevice(name: name, options: options)
    } catch {
      throw DeviceRefusal(error, name: name, mode: settings.mode).complaint
    }
  }

  /// Gives the device the MTU that is asked for, if it has another. Returns a warning if `auto` could not be had.
  package static func setMTU(
    of device: any PacketDevice, _ settings: TunnelSettings, _ description: ProtocolDescription, headerBytes: Int,
    peer: Endpoint?
  ) throws -> String? {
    let wanted: Int
    switch settings.mtu {
    case nil: return nil
    case .bytes(let bytes): wanted = bytes
    case .auto:
      wanted = largestMTU(
        settings, description, headerBytes: headerBytes,
        path: PathMTU.ofRoute(to: peer, localPort: settings.localPort))
    }
    if try NetworkInterface.mtu(of: device.name) == wanted { return nil }
    do throws(SystemCallError) {
      try NetworkInterface.setMTU(of: device.name, to: wanted)
      return nil
    } catch {
      let message = Complaint(
        "\(error)", why: "MTU asks for \(wanted) bytes on \(device.name), which takes CAP_NET_ADMIN to set.",
        cure: Cure.setMTU(of: device.name, to: wanted))
      if case .auto = settings.mtu { return message.description }
      throw message
    }
  }

  /// What fits the path in one piece, in bytes: the path's MTU less the headers that the network puts before a datagram
  /// and all that the tunnel adds.
  package static func largestMTU(
    _ settings: TunnelSettings, _ description: ProtocolDescription, headerBytes: Int, path: Int
  ) -> Int {
    path - headerBytes - description.overhead - packetShape(settings).headerBytes
  }

  /// What the device takes.
  package static func packetShape(_ settings: TunnelSettings) -> InnerPacket.Shape {
    .init(settings.mode, settings.packetInformation)
  }
}
