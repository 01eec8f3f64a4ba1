import FuzzDriver

/// What comes out of a cutter, compared with what has to.
struct CutPackets {
  let original: UnsafeRawBufferPointer
  let anatomy: Anatomy
  let segmentSize: Int
  /// Whether the super-packet had the right sum of its pseudo header; then every packet's checksum is right.
  let isSummed: Bool
  private var offset = 0
  private var index = 0

  init(original: UnsafeRawBufferPointer, anatomy: Anatomy, segmentSize: Int, isSummed: Bool) {
    (self.original, self.anatomy, self.segmentSize, self.isSummed) = (original, anatomy, segmentSize, isSummed)
    offset = anatomy.payload
  }

  mutating func check(_ packet: UnsafeRawBufferPointer) {
    let length = min(segmentSize, original.count - offset)
    fuzzCheck(packet.count == anatomy.payload + length, "another length")
    fuzzCheck(
      packet.piece(anatomy.payload..<packet.count).equals(original.piece(offset..<offset + length)), "another payload")
    checkNetworkHeader(packet)
    if anatomy.isTCP { checkTCP(packet, length) } else { checkUDP(packet) }
    if isSummed { fuzzCheck(anatomy.hasRightSums(packet), "a wrong checksum") }
    offset += length
    index += 1
  }

  func end() { fuzzCheck(offset == original.count, "not everything came out") }

  private func isSame(_ packet: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    packet.piece(range).equals(original.piece(range))
  }

  private func checkNetworkHeader(_ packet: UnsafeRawBufferPointer) {
    let start = anatomy.network
    if anatomy.isIPv4 {
      fuzzCheck(packet.number(at: start + 2) == packet.count - start, "IPv4's length")
      fuzzCheck(
        packet.number(at: start + 4) == (original.number(at: start + 4) + index) & 0xffff, "IPv4's identification")
      var sum = PlainSum()
      sum.add(packet.piece(start..<anatomy.transport))
      fuzzCheck(sum.folded == 0xffff, "IPv4's checksum")
      fuzzCheck(
        isSame(packet, 0..<start + 2) && isSame(packet, start + 6..<start + 10)
          && isSame(packet, start + 12..<anatomy.transport), "something else in IPv4's header")
    } else {
      fuzzCheck(packet.number(at: start + 4) == packet.count - start - 40, "IPv6's length")
      fuzzCheck(
        isSame(packet, 0..<start + 4) && isSame(packet, start + 6..<anatomy.transport),
        "something else in IPv6's headers")
    }
  }

  private func checkTCP(_ packet: UnsafeRawBufferPointer, _ length: Int) {
    let start = anatomy.transport
    let sequence = original.longNumber(at: start + 4) &+ UInt32(offset - anatomy.payload)
    fuzzCheck(packet.longNumber(at: start + 4) == sequence, "the sequence number")
    var flags = original[start + 13]
    if offset + length < original.count { flags &= 0xf6 }
    if index > 0 { flags &= 0x7f }
    fuzzCheck(packet[start + 13] == flags, "the flags")
    fuzzCheck(
      isSame(packet, start..<start + 4) && isSame(packet, start + 8..<start + 13)
        && isSame(packet, start + 14..<start + 16) && isSame(packet, start + 18..<anatomy.payload),
      "something else in TCP's header")
  }

  private func checkUDP(_ packet: UnsafeRawBufferPointer) {
    let start = anatomy.transport
    fuzzCheck(packet.number(at: start + 4) == packet.count - start, "UDP's length")
    fuzzCheck(packet.number(at: start + 6) != 0, "no UDP checksum")
    fuzzCheck(isSame(packet, start..<start + 4), "UDP's ports")
  }
}

/// `check` for those that have a method of that name.
func fuzzCheck(_ promise: Bool, _ text: @autoclosure () -> String) { check(promise, text()) }
