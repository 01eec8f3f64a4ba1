/// What applications have sent, and what came out.
///
///     packet = 0x45 || side(1) || two zero bytes || number(4) || filling, which follows from all that and the length
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
    let head = UInt64(0x45) | UInt64(side) << 8 | UInt64(UInt32(number)) << 32
    return [UInt8](unsafeUninitializedCapacity: length + 8) { bytes, count in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      var filling = mixed(head ^ UInt64(length) << 16)
      for start in stride(from: 0, to: length, by: 8) {
        raw.storeBytes(of: start == 0 ? head : filling, toByteOffset: start, as: UInt64.self)
        filling = mixed(filling &+ 1)
      }
      count = length
    }
  }

  /// Who sent a packet, and its number; nil if nobody did.
  func origin(of packet: [UInt8]) -> (side: Int, number: Int)? {
    guard packet.count >= Self.shortest else { return nil }
    let head = packet.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    let (side, number) = (Int(head >> 8 & 0xff), Int(head >> 32))
    guard side < ofSide.count, number < ofSide[side].count,
      packet == Self.packet(side, number: number, length: packet.count)
    else { return nil }
    return (side, number)
  }

  subscript(side: Int, number: Int) -> Sent {
    get { ofSide[side][number] }
    set { ofSide[side][number] = newValue }
  }
}
