/// The 10 bytes that a device with IFF_VNET_HDR puts before each packet (linux/virtio_net.h; Virtual I/O Device 1.2,
/// section 5.1.6), in the machine's byte order.
package struct VirtioHeader: Equatable, Sendable {
  package static let byteCount = 10

  /// How a super-packet is to be cut.
  package enum Segmentation: UInt8, Sendable {
    case none = 0
    case tcpIPv4 = 1
    case tcpIPv6 = 4
    case udp = 5
  }

  private static let needsChecksumFlag: UInt8 = 1
  private static let ecnFlag: UInt8 = 0x80

  /// The checksum field holds the pseudo header's sum; the rest is to be added.
  package var needsChecksum = false
  package var segmentation = Segmentation.none
  /// With TCP: congestion was experienced; the first segment alone carries CWR.
  package var hasECN = false
  /// Bytes of all headers. A hint, not to be trusted.
  package var headerLength: UInt16 = 0
  /// Payload bytes of each segment but the last.
  package var segmentSize: UInt16 = 0
  /// Where the transport header begins, and where in it the checksum is.
  package var checksumStart: UInt16 = 0
  package var checksumOffset: UInt16 = 0

  package init() {}

  /// Reads a header; nil for a kind of super-packet that was never asked for.
  package init?(_ bytes: RawSpan) {
    let flags = bytes.byte(at: 0)
    let type = bytes.byte(at: 1)
    guard let segmentation = Segmentation(rawValue: type & ~Self.ecnFlag) else { return nil }
    needsChecksum = flags & Self.needsChecksumFlag != 0
    self.segmentation = segmentation
    hasECN = type & Self.ecnFlag != 0
    headerLength = bytes.field(at: 2)
    segmentSize = bytes.field(at: 4)
    checksumStart = bytes.field(at: 6)
    checksumOffset = bytes.field(at: 8)
  }

  @_lifetime(bytes: copy bytes)
  package func write(to bytes: inout MutableRawSpan) {
    bytes.storeBytes(of: needsChecksum ? Self.needsChecksumFlag : 0, toByteOffset: 0, as: UInt8.self)
    bytes.storeBytes(of: segmentation.rawValue | (hasECN ? Self.ecnFlag : 0), toByteOffset: 1, as: UInt8.self)
    bytes.storeBytes(of: headerLength, toByteOffset: 2, as: UInt16.self)
    bytes.storeBytes(of: segmentSize, toByteOffset: 4, as: UInt16.self)
    bytes.storeBytes(of: checksumStart, toByteOffset: 6, as: UInt16.self)
    bytes.storeBytes(of: checksumOffset, toByteOffset: 8, as: UInt16.self)
  }
}
