package import TunnelCore

/// Cuts a super-packet of the kernel into packets that any peer understands: every header finished, every checksum
/// complete.
///
/// A cutter is resumable: when a batch is full it goes on with the next one.
///
/// Of the original's headers each packet gets a copy, with these changes: the IP length; the IPv4 identification,
/// which goes up by one; the TCP sequence number; FIN and PSH only on the last, CWR only on the first (RFC 3168);
/// the UDP length; the checksums. The kernel has left the pseudo header's sum, with the super-packet's length in it,
/// in the transport checksum: so the addresses of routing headers and the like need no understanding here
/// (net/ipv4/tcp_offload.c, tcp_gso_segment; net/ipv4/udp_offload.c, __udp_gso_segment).
package struct SuperPacketCutter {
  /// Why a super-packet cannot be cut: its headers contradict each other. Such a packet is dropped.
  package enum Problem: Error, Equatable { case malformed }

  private let headers: SuperPacketHeaders
  private let isUDP: Bool
  /// Payload bytes of each packet but the last.
  private let segmentSize: Int
  private let totalLength: Int
  /// The first payload byte that has not been cut off yet, and how many packets there were before it.
  private var offset: Int
  private var index: UInt16 = 0
  /// The pseudo header's sum without the length.
  private let pseudoSum: InternetChecksum

  /// Looks at the headers of a super-packet, an Ethernet frame (tap) or an IP packet (tun).
  package init(_ packet: RawSpan, header: VirtioHeader, isFrame: Bool) throws(Problem) {
    guard let headers = SuperPacketHeaders(packet, header: header, isFrame: isFrame) else { throw .malformed }
    self.headers = headers
    isUDP = header.segmentation == .udp
    segmentSize = Int(header.segmentSize)
    totalLength = packet.byteCount
    offset = headers.byteCount
    // The length in the sum: UDP's own, of which a TCP header has none.
    let transport = headers.transportStart
    let summed =
      isUDP ? packet.bigEndian(at: transport + 4, as: UInt16.self) : UInt16(truncatingIfNeeded: totalLength - transport)
    var sum = InternetChecksum()
    sum.add(inMemoryOrder: packet.field(at: headers.checksumField))
    // One's complement: adding the complement takes away.
    sum.add(bigEndian: ~summed)
    pseudoSum = sum
  }

  /// Whether everything has been cut off.
  package var isDone: Bool { offset >= totalLength }

  /// Appends as many packets as `batch` has room for.
  package mutating func cut(_ packet: RawSpan, into batch: inout PacketBatch) {
    while !isDone {
      let payload = min(segmentSize, totalLength - offset)
      let headersLength = headers.byteCount
      guard let start = batch.roomForNext(headersLength + payload) else { return }
      batch.append(at: start, length: headersLength + payload)
      var span = batch[batch.count - 1]
      copy(packet.extracting(0..<headersLength), to: &span, at: 0)
      copy(packet.extracting(offset..<offset + payload), to: &span, at: headersLength)
      finish(&span, payloadLength: payload)
      offset += payload
      index &+= 1
    }
  }

  /// Makes the copied headers those of one packet.
  @_lifetime(span: copy span)
  private func finish(_ span: inout MutableRawSpan, payloadLength: Int) {
    finishNetworkHeader(&span)
    let transport = headers.transportStart
    if isUDP {
      span.storeBigEndian(UInt16(8 + payloadLength), at: transport + 4)
    } else {
      finishTCP(&span, transport, payloadLength: payloadLength)
    }
    span.storeBytes(of: 0, toByteOffset: headers.checksumField, as: UInt16.self)
    var sum = pseudoSum
    sum.add(bigEndian: UInt16(span.byteCount - transport))
    sum.add(span.bytes.extracting(droppingFirst: transport))
    let checksum = sum.checksum
    // A UDP checksum of zero would mean that there is none (RFC 768).
    let stored = isUDP && checksum == 0 ? 0xffff : checksum
    span.storeBytes(of: stored, toByteOffset: headers.checksumField, as: UInt16.self)
  }

  @_lifetime(span: copy span)
  private func finishNetworkHeader(_ span: inout MutableRawSpan) {
    let networkStart = headers.networkStart
    if headers.isIPv4 {
      span.storeBigEndian(UInt16(span.byteCount - networkStart), at: networkStart + 2)
      let identification = span.bigEndian(at: networkStart + 4, as: UInt16.self)
      span.storeBigEndian(identification &+ index, at: networkStart + 4)
      IPv4Header.finishChecksum(&span, at: networkStart)
    } else {
      span.storeBigEndian(UInt16(span.byteCount - networkStart - 40), at: networkStart + 4)
    }
  }

  @_lifetime(span: copy span)
  private func finishTCP(_ span: inout MutableRawSpan, _ transport: Int, payloadLength: Int) {
    let sequence = span.bigEndian(at: transport + 4, as: UInt32.self)
    span.storeBigEndian(sequence &+ UInt32(offset - headers.byteCount), at: transport + 4)
    var flags = span.bytes.byte(at: transport + 13)
    if offset + payloadLength < totalLength { flags &= ~(TCPFlags.fin | TCPFlags.psh) }
    if offset > headers.byteCount { flags &= ~TCPFlags.cwr }
    span.storeBytes(of: flags, toByteOffset: transport + 13, as: UInt8.self)
  }

  /// Completes the checksum of a packet that is not to be cut but was left unfinished. Nothing happens if the header's
  /// offsets point outside.
  @_lifetime(span: copy span)
  package static func completeChecksum(_ span: inout MutableRawSpan, header: VirtioHeader) throws(Problem) {
    let start = Int(header.checksumStart)
    let field = start + Int(header.checksumOffset)
    guard field + 2 <= span.byteCount else { throw .malformed }
    // The field's own content, the pseudo header's sum, is part of what is summed.
    var sum = InternetChecksum()
    sum.add(span.bytes.extracting(droppingFirst: start))
    let checksum = sum.checksum
    span.storeBytes(of: checksum == 0 ? 0xffff : checksum, toByteOffset: field, as: UInt16.self)
  }
}

@_lifetime(span: copy span)
private func copy(_ source: RawSpan, to span: inout MutableRawSpan, at offset: Int) {
  precondition(offset >= 0 && offset + source.byteCount <= span.byteCount)
  unsafe span.withUnsafeMutableBytes { to in
    unsafe source.withUnsafeBytes { from in
      unsafe UnsafeMutableRawBufferPointer(rebasing: to[offset...]).copyMemory(from: from)
    }
  }
}
