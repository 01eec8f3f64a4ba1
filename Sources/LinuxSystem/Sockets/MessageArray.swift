import CLinux
import Glibc
package import SystemPackage
package import TunnelCore

/// The arrays that sendmmsg(2) and recvmmsg(2) work on, allocated once: message headers, one I/O vector for each
/// datagram, addresses and ancillary data.
@safe
package struct MessageArray: ~Copyable {
  package let messageCapacity: Int
  package let vectorCapacity: Int
  private let messages: UnsafeMutablePointer<clinux_message>
  private let vectors: UnsafeMutablePointer<iovec>
  private let addresses: UnsafeMutablePointer<sockaddr_storage>
  private let control: UnsafeMutableRawPointer
  private static let controlBytes = Int(CLINUX_CONTROL_BYTES)

  package init(messageCapacity: Int, vectorCapacity: Int) {
    self.messageCapacity = messageCapacity
    self.vectorCapacity = vectorCapacity
    unsafe messages = .allocate(capacity: messageCapacity)
    unsafe messages.initialize(repeating: clinux_message(), count: messageCapacity)
    unsafe vectors = .allocate(capacity: vectorCapacity)
    unsafe vectors.initialize(repeating: iovec(), count: vectorCapacity)
    unsafe addresses = .allocate(capacity: messageCapacity)
    unsafe addresses.initialize(repeating: sockaddr_storage(), count: messageCapacity)
    unsafe control = .allocate(byteCount: messageCapacity * Self.controlBytes, alignment: 16)
  }

  deinit {
    unsafe messages.deallocate()
    unsafe vectors.deallocate()
    unsafe addresses.deallocate()
    unsafe control.deallocate()
  }

  /// Points vector `index` at a batch's memory.
  package func setVector(_ index: Int, _ batch: borrowing PacketBatch, start: Int, length: Int) {
    precondition(index < vectorCapacity && start + length <= batch.byteCapacity)
    unsafe vectors[index] = iovec(iov_base: batch.pointer(at: start), iov_len: length)
  }

  // MARK: Sending

  /// Prepares message `index` to send vectors `range` to `endpoint` (nil for a connected socket's), cut by the kernel into
  /// datagrams of `segmentSize` bytes if that is not 0.
  package func prepareToSend(
    _ index: Int, vectors range: Range<Int>, to endpoint: Endpoint?, from socket: UDPSocket, segmentSize: Int
  ) {
    precondition(index < messageCapacity && range.upperBound <= vectorCapacity)
    var header = unsafe msghdr()
    if let endpoint {
      unsafe header.msg_namelen = SocketAddress.write(endpoint, forIPv6Socket: socket.isIPv6, to: addresses + index)
      unsafe header.msg_name = UnsafeMutableRawPointer(addresses + index)
    }
    unsafe header.msg_iov = vectors + range.lowerBound
    unsafe header.msg_iovlen = range.count
    unsafe messages[index].header = header
    if segmentSize > 0 {
      let space = unsafe control + index * Self.controlBytes
      unsafe clinux_put_segment_size(&messages[index].header, space, UInt16(segmentSize))
    }
  }

  /// Sends the first `count` messages. Returns how many were sent, or nil if the socket would block.
  package func send(_ count: Int, through socket: UDPSocket) throws(Errno) -> Int? {
    let descriptor = socket.rawValue
    return try retryingUnlessBlocked { () -> Int32 in
      unsafe clinux_send_messages(descriptor, messages, UInt32(count))
    }.map(Int.init)
  }

  // MARK: Receiving

  /// Prepares message `index` to receive into vector `index`.
  package func prepareToReceive(_ index: Int) {
    precondition(index < messageCapacity && index < vectorCapacity)
    var header = unsafe msghdr()
    unsafe header.msg_name = UnsafeMutableRawPointer(addresses + index)
    unsafe header.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
    unsafe header.msg_iov = vectors + index
    unsafe header.msg_iovlen = 1
    unsafe header.msg_control = control + index * Self.controlBytes
    unsafe header.msg_controllen = Self.controlBytes
    unsafe messages[index].header = header
  }

  /// Receives up to `count` messages without waiting. Returns how many came, or nil if there was none.
  package func receive(_ count: Int, from socket: UDPSocket) throws(Errno) -> Int? {
    let descriptor = socket.rawValue
    return try retryingUnlessBlocked { () -> Int32 in
      unsafe clinux_receive_messages(descriptor, messages, UInt32(count))
    }.map(Int.init)
  }

  /// What message `index` brought.
  package func received(_ index: Int) -> Received? {
    guard let source = unsafe SocketAddress.read(addresses + index) else { return nil }
    return unsafe Received(
      source: source, length: Int(messages[index].length),
      segmentSize: Int(clinux_gro_segment_size(&messages[index].header)))
  }

  package struct Received {
    package let source: Endpoint
    /// Bytes in all.
    package let length: Int
    /// The length of each datagram in it but the last, which may be shorter; 0 if there is only one.
    package let segmentSize: Int
  }
}
