/// Where the parts of a TCP or UDP packet are, found plainly and without trust: the oracle's own eyes.
struct Anatomy {
  var isIPv4 = true
  var isTCP = true
  var network = 0
  var transport = 0
  var payload = 0

  /// Nil if it is no whole packet of that kind, for whatever reason. Lengths in the headers are not looked at.
  init?(_ bytes: UnsafeRawBufferPointer, isFrame: Bool) {
    var version = 0
    if isFrame {
      var type = 12
      while type + 2 <= bytes.count && [0x8100, 0x88a8].contains(bytes.number(at: type)) { type += 4 }
      guard type + 2 <= bytes.count else { return nil }
      switch bytes.number(at: type) {
      case 0x0800: version = 4
      case 0x86dd: version = 6
      default: return nil
      }
      network = type + 2
    }
    guard bytes.count > network else { return nil }
    let nibble = Int(bytes[network] >> 4)
    guard nibble == 4 || nibble == 6, version == 0 || version == nibble else { return nil }
    isIPv4 = nibble == 4
    guard let number = isIPv4 ? stepOverIPv4(bytes) : stepOverIPv6(bytes), number == 6 || number == 17 else {
      return nil
    }
    isTCP = number == 6
    guard bytes.count >= transport + (isTCP ? 20 : 8) else { return nil }
    payload = transport + (isTCP ? Int(bytes[transport + 12] >> 4) * 4 : 8)
    guard payload >= transport + (isTCP ? 20 : 8), payload <= bytes.count else { return nil }
  }

  private mutating func stepOverIPv4(_ bytes: UnsafeRawBufferPointer) -> UInt8? {
    let length = Int(bytes[network] & 15) * 4
    guard length >= 20, bytes.count >= network + length, bytes.number(at: network + 6) & 0x3fff == 0 else { return nil }
    transport = network + length
    return bytes[network + 9]
  }

  private mutating func stepOverIPv6(_ bytes: UnsafeRawBufferPointer) -> UInt8? {
    guard bytes.count >= network + 40 else { return nil }
    var number = bytes[network + 6]
    transport = network + 40
    while [0, 43, 60].contains(number) {
      guard bytes.count >= transport + 8 else { return nil }
      number = bytes[transport]
      transport += (Int(bytes[transport + 1]) + 1) * 8
      guard bytes.count >= transport else { return nil }
    }
    return number
  }

  var checksumField: Int { transport + (isTCP ? 16 : 6) }

  /// The sum of the pseudo header (RFC 9293, 3.1; RFC 8200, 8.1) with that many bytes behind it.
  func pseudoSum(_ bytes: UnsafeRawBufferPointer, length: Int) -> PlainSum {
    var sum = PlainSum()
    sum.add(bytes.piece(isIPv4 ? network + 12..<network + 20 : network + 8..<network + 40))
    sum.add(isTCP ? 6 : 17)
    sum.add(length >> 16)
    sum.add(length & 0xffff)
    return sum
  }

  /// Whether header checksum and transport checksum are right.
  func hasRightSums(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var header = PlainSum()
    if isIPv4 { header.add(bytes.piece(network..<transport)) } else { header.add(0xffff) }
    var whole = pseudoSum(bytes, length: bytes.count - transport)
    whole.add(bytes.piece(transport..<bytes.count))
    return header.folded == 0xffff && whole.folded == 0xffff
  }
}
