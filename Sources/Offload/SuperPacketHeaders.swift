import TunnelCore

/// Where the headers of a super-packet from the kernel are.
///
/// A super-packet describes itself three times: EtherType, IP header, virtio header. Whoever shares a bridge with the
/// device may write all three (packet(7), PACKET_VNET_HDR), and neither the bridge nor the kernel compares them on the
/// way. So they are compared here, and nothing is cut unless they agree: each length that cutting writes then fits its
/// field, and each offset lies in the packet.
///
/// The lengths in the headers themselves are not looked at, for the kernel does not either: they are made anew.
struct SuperPacketHeaders {
  let isIPv4: Bool
  let networkStart: Int
  let transportStart: Int
  /// Bytes of everything up to the payload.
  let byteCount: Int
  /// Where the transport header's checksum is.
  var checksumField: Int { transportStart + checksumOffset }
  private let checksumOffset: Int

  private static let (tcp, udp): (UInt8, UInt8) = (6, 17)

  /// Nil if the super-packet contradicts itself, or is none.
  init?(_ packet: RawSpan, header: VirtioHeader, isFrame: Bool) {
    guard let network = NetworkHeader(in: packet, isFrame: isFrame), header.needsChecksum, header.segmentSize > 0,
      Self.isPossible(header.segmentation, isIPv4: network.isIPv4)
    else { return nil }
    let isUDP = header.segmentation == .udp
    (isIPv4, networkStart, transportStart) = (network.isIPv4, network.start, Int(header.checksumStart))
    checksumOffset = isUDP ? 6 : 16
    guard Int(header.checksumOffset) == checksumOffset,
      network.leads(in: packet, to: transportStart, protocolNumber: isUDP ? Self.udp : Self.tcp),
      let length = isUDP ? 8 : Self.lengthOfTCP(packet, at: transportStart)
    else { return nil }
    byteCount = transportStart + length
    guard byteCount < packet.byteCount else { return nil }
    // The longest packet that comes of it; IPv6 does not count its own header (RFC 8200, section 3).
    let longest = byteCount + min(Int(header.segmentSize), packet.byteCount - byteCount) - networkStart
    guard longest - (isIPv4 ? 0 : 40) <= 0xffff else { return nil }
  }

  private static func isPossible(_ segmentation: VirtioHeader.Segmentation, isIPv4: Bool) -> Bool {
    switch segmentation {
    case .tcpIPv4: isIPv4
    case .tcpIPv6: !isIPv4
    case .udp: true
    case .none: false
    }
  }

  private static func lengthOfTCP(_ packet: RawSpan, at start: Int) -> Int? {
    guard start + 20 <= packet.byteCount else { return nil }
    let length = Int(packet.byte(at: start + 12) >> 4) * 4
    return length >= 20 ? length : nil
  }
}

extension NetworkHeader {
  /// Whether this header, with its options or extension headers, ends where the transport header begins, and names that
  /// one's protocol.
  fileprivate func leads(in packet: RawSpan, to transport: Int, protocolNumber: UInt8) -> Bool {
    guard transport <= packet.byteCount else { return false }
    return isIPv4
      ? optionsLead(in: packet, to: transport, protocolNumber)
      : extensionsLead(in: packet, to: transport, protocolNumber)
  }

  private func optionsLead(in packet: RawSpan, to transport: Int, _ protocolNumber: UInt8) -> Bool {
    let length = Int(packet.byte(at: start) & 15) * 4
    // A fragment has no transport header of its own.
    return length >= 20 && start + length == transport && packet.byte(at: start + 9) == protocolNumber
      && packet.bigEndian(at: start + 6, as: UInt16.self) & 0x3fff == 0
  }

  /// Steps over the extension headers that the kernel steps over when it cuts: hop-by-hop options, routing, destination
  /// options (RFC 8200, section 4; net/ipv6/ip6_offload.c, ipv6_gso_pull_exthdrs).
  private func extensionsLead(in packet: RawSpan, to transport: Int, _ protocolNumber: UInt8) -> Bool {
    var offset = start + 40
    guard offset <= transport else { return false }
    var next = packet.byte(at: start + 6)
    while offset + 8 <= transport && (next == 0 || next == 43 || next == 60) {
      next = packet.byte(at: offset)
      offset += (Int(packet.byte(at: offset + 1)) + 1) * 8
    }
    return offset == transport && next == protocolNumber
  }
}
