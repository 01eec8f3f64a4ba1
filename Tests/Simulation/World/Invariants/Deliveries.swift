/// What applications have sent, and what came out.
///
///     packet = tunnel(1) || from a caller(1) || two zero bytes || number(4) || length(4) || filling, all drawn from the number
struct Deliveries {
  struct Sent {
    var time: Time
    /// The datagram that it became, as the wire numbers them; nil while it has not left.
    var datagram: Int?
    /// What sealed it, where that was seen.
    var keys: Seals.Pair?
    /// When it came out for the first time, and in which run of the receiver's process.
    var delivered: (time: Time, run: Int)?
  }

  /// By side, in order.
  private(set) var ofSide: [[Sent]]

  static let shortest = 16

  init(sides: Int) { ofSide = Array(repeating: [], count: sides) }

  /// The next packet of a side, of so many bytes.
  mutating func make(_ side: Int, length: Int, at time: Time) -> [UInt8] {
    ofSide[side].append(Sent(time: time))
    return Self.packet(side, number: ofSide[side].count - 1, length: max(length, Self.shortest))
  }

  private static func packet(_ side: Int, number: Int, length: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    bytes[0] = 0x45
    bytes[1] = UInt8(side)
    for index in 0..<4 {
      bytes[4 + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
      bytes[8 + index] = UInt8(truncatingIfNeeded: length >> (8 * index))
    }
    var filling = mixed(UInt64(side) << 32 | UInt64(number))
    for index in 12..<length {
      if index % 8 == 4 { filling = mixed(filling &+ 1) }
      bytes[index] = UInt8(truncatingIfNeeded: filling >> UInt64(8 * (index % 8)))
    }
    return bytes
  }

  /// Who sent a packet, and its number; nil if nobody did.
  func origin(of packet: [UInt8]) -> (side: Int, number: Int)? {
    guard packet.count >= Self.shortest, packet[0] == 0x45, Int(packet[1]) < ofSide.count else { return nil }
    let side = Int(packet[1])
    let number = (0..<4).reduce(0) { $0 | Int(packet[4 + $1]) << (8 * $1) }
    guard number < ofSide[side].count, packet == Self.packet(side, number: number, length: packet.count) else {
      return nil
    }
    let length = (0..<4).reduce(0) { $0 | Int(packet[8 + $1]) << (8 * $1) }
    return length == packet.count ? (side, number) : nil
  }

  subscript(side: Int, number: Int) -> Sent {
    get { ofSide[side][number] }
    set { ofSide[side][number] = newValue }
  }
}
