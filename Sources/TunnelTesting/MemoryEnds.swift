public import TunnelCore

/// A device that is two arrays: what the kernel would hand over, and what was written to it.
public final class MemoryDevice: PacketDevice {
  public let name = "memory"
  public let burst = Burst(packets: 256, buffers: 6)
  public var refusals: [Refusal] = []
  /// Packets that wait to be read, oldest first.
  public var waiting: [[UInt8]] = []
  /// Packets that came out of the tunnel, oldest first.
  public var written: [[UInt8]] = []
  public var failures = FailureTally()
  /// When set, every write fails with this errno, as that of a device that is down fails with EIO.
  public var writeError: Int32?
  /// Thrown at the next call, as when the device has been deleted.
  public var fatalError: (any Error)?

  public init() {}

  public func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    if let fatalError { throw fatalError }
    while !waiting.isEmpty {
      guard packets.appendCopy(of: waiting[0], from: .unspecified) else { return .more }
      waiting.removeFirst()
    }
    return .drained
  }

  public func send(_ packets: inout PacketBatch, _ range: Range<Int>) throws {
    if let fatalError { throw fatalError }
    for index in range where packets.state(of: index) == .passed && packets.length(of: index) > 0 {
      if let writeError {
        failures.count(writeError)
        packets.drop(index, .refused)
      } else {
        written.append(packets.copy(of: index))
      }
    }
  }
}

/// A transport that is two arrays: datagrams on their way in, and datagrams that were sent.
public final class MemoryTransport: DatagramTransport {
  public struct Datagram: Equatable, Sendable {
    public var bytes: [UInt8]
    public var endpoint: Endpoint

    public init(_ bytes: [UInt8], _ endpoint: Endpoint) {
      self.bytes = bytes
      self.endpoint = endpoint
    }
  }

  public let burst = Burst(packets: 1024, buffers: 8)
  public var refusals: [Refusal] = []
  public var toldPathMTU: Int?
  public var forgedMessages: UInt64 = 0
  public var waiting: [Datagram] = []
  /// What comes from elsewhere and is kept apart.
  public var elsewhere: [Datagram] = []
  /// How much more of that there was no room for.
  public var lostFromElsewhere: UInt64 = 0
  public var sent: [Datagram] = []
  public var failures = FailureTally()
  /// How many more datagrams the socket takes before it would block; nil for any number.
  public var capacity: Int?
  /// When set, every send fails with this errno.
  public var sendError: Int32?

  public init() {}

  public func receive(into datagrams: inout PacketBatch) throws -> ReadOutcome {
    while !waiting.isEmpty {
      guard datagrams.appendCopy(of: waiting[0].bytes, from: waiting[0].endpoint) else { return .more }
      waiting.removeFirst()
    }
    return .drained
  }

  public func send(_ datagrams: inout PacketBatch, from index: Int) throws -> Int {
    for position in index..<datagrams.count where datagrams.state(of: position) == .passed {
      if capacity == 0 { return position }
      if let sendError {
        failures.count(sendError)
        datagrams.drop(position, .refused)
        continue
      }
      capacity = capacity.map { $0 - 1 }
      sent.append(Datagram(datagrams.copy(of: position), datagrams.endpoint(of: position)))
    }
    return datagrams.count
  }

  /// UDP's.
  public func headerBytes(towards endpoint: Endpoint?) -> Int { UDPHeaders.byteCount(towards: endpoint) }

  /// Three at a time.
  public func receiveFromElsewhere(into datagrams: inout PacketBatch) throws -> ReadOutcome {
    for datagram in elsewhere.prefix(3) { _ = datagrams.appendCopy(of: datagram.bytes, from: datagram.endpoint) }
    elsewhere = Array(elsewhere.dropFirst(3))
    return elsewhere.isEmpty ? .drained : .more
  }

  public func takeLostFromElsewhere() -> UInt64 {
    defer { lostFromElsewhere = 0 }
    return lostFromElsewhere
  }

  /// Hands over what was sent so far, and forgets it.
  public func takeSent() -> [Datagram] {
    defer { sent = [] }
    return sent
  }
}

extension PacketBatch {
  /// Appends a pending slot with a copy of `bytes`. False if there is no room.
  public mutating func appendCopy(of bytes: [UInt8], from endpoint: Endpoint) -> Bool {
    guard let start = roomForNext(bytes.count) else { return false }
    append(at: start, length: bytes.count, endpoint: endpoint)
    var span = self[count - 1]
    for offset in bytes.indices { span.storeBytes(of: bytes[offset], toByteOffset: offset, as: UInt8.self) }
    return true
  }
}
