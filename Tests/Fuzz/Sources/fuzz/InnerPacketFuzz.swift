@testable import Diagnosis

/// What came out of the tunnel, of any content: it is given a shape that its bytes have.
enum InnerPacketFuzz {
  static func run(_ bytes: [UInt8]) {
    let shape = InnerPacket.shape(of: bytes.span.bytes)
    switch shape {
    case .packet: check(isPacket(bytes[...]), "no packet")
    case .packetWithInformation:
      check(bytes.count > 4 && isPacket(bytes[4...]) && bytes[0] == 0 && bytes[1] == 0, "no packet behind 4 bytes")
      check(!isPacket(bytes[...]), "a packet")
    case .frame: check(bytes.count >= 14 && !isPacket(bytes[...]), "no frame")
    case .unknown: check(!isPacket(bytes[...]), "a packet that is not known")
    }
  }

  private static func isPacket(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.startIndex
    guard bytes.count >= 20 else { return false }
    switch bytes[start] >> 4 {
    case 4: return Int(bytes[start + 2]) << 8 | Int(bytes[start + 3]) == bytes.count
    case 6: return bytes.count >= 40 && Int(bytes[start + 4]) << 8 | Int(bytes[start + 5]) == bytes.count - 40
    default: return false
    }
  }
}
