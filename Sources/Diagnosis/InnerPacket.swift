package import Configuration
package import TunnelCore

/// What a packet that came out of the tunnel looks like, beside what the device takes.
package enum InnerPacket {
  package enum Shape: Sendable, Equatable {
    /// An IP packet.
    case packet
    /// 4 bytes of flags and EtherType, then an IP packet (linux/if_tun.h, struct tun_pi).
    case packetWithInformation
    /// An Ethernet header, then whatever its EtherType says.
    case frame
    case unknown

    /// What a device takes.
    package init(_ mode: DeviceMode, _ information: PacketInformation) {
      switch (mode, information) {
      case (.tap, _): self = .frame
      case (.tun, .onWire): self = .packetWithInformation
      case (.tun, .none), (.tun, .onDevice): self = .packet
      }
    }

    /// Bytes before the IP packet.
    package var headerBytes: Int {
      switch self {
      case .packet, .unknown: 0
      case .packetWithInformation: 4
      case .frame: 14
      }
    }
  }

  /// What `bytes` most probably are.
  package static func shape(of bytes: RawSpan) -> Shape {
    if isPacket(bytes, at: 0) { return .packet }
    if bytes.byteCount > 4, bytes.bigEndian(at: 0, as: UInt16.self) == 0, isIP(bytes.bigEndian(at: 2, as: UInt16.self)),
      isPacket(bytes, at: 4)
    {
      return .packetWithInformation
    }
    return isFrame(bytes) ? .frame : .unknown
  }

  /// Whether an IP header stands there whose length is that of what follows.
  private static func isPacket(_ bytes: RawSpan, at start: Int) -> Bool {
    let length = bytes.byteCount - start
    guard length >= 20 else { return false }
    switch bytes.bigEndian(at: start, as: UInt8.self) >> 4 {
    case 4: return Int(bytes.bigEndian(at: start + 2, as: UInt16.self)) == length
    case 6: return length >= 40 && Int(bytes.bigEndian(at: start + 4, as: UInt16.self)) == length - 40
    default: return false
    }
  }

  private static func isIP(_ etherType: UInt16) -> Bool { etherType == 0x0800 || etherType == 0x86dd }

  private static func isFrame(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount >= 14 else { return false }
    // IPv4, ARP, VLAN tags, IPv6, LLDP.
    return [0x0800, 0x0806, 0x8100, 0x88a8, 0x86dd, 0x88cc].contains(bytes.bigEndian(at: 12, as: UInt16.self))
  }

  /// What is to be said of a packet of that shape; nil if it is as expected, or nothing certain.
  package static func complaint(_ shape: Shape, expected: Shape, device: String) -> Complaint? {
    switch (expected, shape) {
    case (.packet, .packetWithInformation):
      Complaint(
        "Packets arrive with 4 bytes of packet information before them", why: "The peer has USE_PI=1, we have not.",
        cure: Cure.setAlike("USE_PI"))
    case (.packetWithInformation, .packet):
      Complaint(
        "Packets arrive without packet information", why: "We have USE_PI=1, the peer has not.",
        cure: Cure.setAlike("USE_PI"))
    case (.packet, .frame), (.packetWithInformation, .frame):
      Complaint(
        "Ethernet frames arrive in tun mode",
        why: "The peer has TUN_MODE=0 (tap), we have TUN_MODE=1 (tun, \(device)).",
        cure: Cure.setAlike("TUN_MODE"))
    case (.frame, .packet), (.frame, .packetWithInformation):
      Complaint(
        "IP packets arrive in tap mode", why: "The peer has TUN_MODE=1 (tun), we have TUN_MODE=0 (tap, \(device)).",
        cure: Cure.setAlike("TUN_MODE"))
    default: nil
    }
  }
}
