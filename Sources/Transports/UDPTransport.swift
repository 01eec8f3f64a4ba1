package import LinuxSystem
package import SystemPackage
package import TunnelCore

/// The relay's network end: one unconnected UDP socket.
///
/// It is not connected to the peer, although that would spare the kernel a route look-up: a floating peer moves, and
/// strangers' datagrams are to be counted. ICMP errors arrive through the error queue instead.
///
/// Datagrams of equal length to one endpoint leave in one call and pass the network stack as one (UDP_SEGMENT); those
/// that arrive together are read together (UDP_GRO).
package final class UDPTransport: DatagramTransport {
  package struct Options: Sendable {
    /// UDP_SEGMENT and UDP_GRO.
    package var usesOffloads = true
    /// Socket buffers, bytes each way.
    package var bufferBytes: Int32 = 4 << 20

    package init() {}
  }

  private let socket: UDPSocket
  private let sending = MessageArray(messageCapacity: 64, vectorCapacity: 256)
  private let receiving = MessageArray(messageCapacity: receiveBuffers, vectorCapacity: receiveBuffers)
  private var surplus = Surplus()
  private var segmentation: Segmentation
  package private(set) var failures = FailureTally()
  /// What the last ICMP message about a datagram that was too long said of the path, bytes including the IP header.
  package private(set) var pathMTU: Int?

  /// How many super-datagrams one call may bring; each has a buffer of the largest size.
  private static let receiveBuffers = 8

  /// Takes over a bound socket.
  package init(_ socket: UDPSocket, options: Options) {
    socket.setBuffers(bytes: options.bufferBytes)
    socket.collectErrors()
    if options.usesOffloads { _ = socket.coalesceDatagrams() }
    self.socket = socket
    segmentation = Segmentation(isOn: options.usesOffloads)
  }

  package var descriptor: Int32 { socket.rawValue }
  package var localEndpoint: Endpoint? { socket.localEndpoint }
  /// Why datagrams are no longer sent together, if that is so.
  package var segmentationRefusal: Errno? { segmentation.refusal }

  // MARK: Receiving

  package func receive(into datagrams: inout PacketBatch) throws -> ReadOutcome {
    if !surplus.isEmpty {
      surplus.move(into: &datagrams)
      return .more
    }
    let buffers = prepareBuffers(in: datagrams)
    let base = datagrams.roomForNext(0) ?? 0
    guard buffers > 0, let count = receiveCounted(buffers) else { return .drained }
    for index in 0..<count {
      guard let message = receiving.received(index) else { continue }
      append(message, at: base + index * Self.stride(datagrams), to: &datagrams)
    }
    return count == buffers || !surplus.isEmpty ? .more : .drained
  }

  private static func stride(_ datagrams: borrowing PacketBatch) -> Int {
    PacketBatch.largestPacket + datagrams.headroom
  }

  /// Points the messages at as many full-sized buffers as the batch has room for.
  private func prepareBuffers(in datagrams: borrowing PacketBatch) -> Int {
    guard let base = datagrams.roomForNext(0) else { return 0 }
    let stride = Self.stride(datagrams)
    let count = min(Self.receiveBuffers, (datagrams.byteCapacity - base) / stride)
    for index in 0..<count {
      receiving.setVector(index, datagrams, start: base + index * stride, length: PacketBatch.largestPacket)
      receiving.prepareToReceive(index)
    }
    return count
  }

  /// How many messages came, or nil if none waits. The error queue is looked at only when nothing came, for that costs
  /// a call: what woke us must have been an error then. One that waits at the socket comes up once and hides the
  /// datagrams behind it.
  private func receiveCounted(_ buffers: Int) -> Int? {
    for _ in 0..<2 {
      do throws(Errno) {
        if let count = try receiving.receive(buffers, from: socket) { return count }
        drainErrors()
        return nil
      } catch {
        drainErrors()
      }
    }
    return nil
  }

  /// One slot for each datagram of a message; those that find none wait for the next batch.
  private func append(_ message: MessageArray.Received, at start: Int, to datagrams: inout PacketBatch) {
    let size = message.segmentSize > 0 ? message.segmentSize : max(message.length, 1)
    var offset = 0
    repeat {
      let length = min(size, message.length - offset)
      if datagrams.count < datagrams.slotCapacity {
        datagrams.append(at: start + offset, length: length, endpoint: message.source)
      } else {
        surplus.keep(datagrams, start: start + offset, length: length, source: message.source)
      }
      offset += size
    } while offset < message.length
  }

  private func drainErrors() {
    while let error = socket.nextError() {
      failures.count(error.errno)
      if error.errno == Errno.messageTooLong.rawValue && error.information >= 68 { pathMTU = Int(error.information) }
    }
  }

  // MARK: Sending

  package func send(_ datagrams: inout PacketBatch, from index: Int) throws -> Int {
    var next = index
    while let plan = plan(datagrams, from: next) {
      do throws(Errno) {
        guard let sent = try sending.send(0..<plan.messages, through: socket) else { return plan.start }
        next = sent == plan.messages ? plan.end : firstSlots[sent]
      } catch {
        next = handleFailure(error, of: plan, in: &datagrams)
      }
    }
    return datagrams.count
  }

  /// What the messages in `sending` stand for.
  private struct Plan {
    var messages = 0
    /// The first slot of the first message, and the slot after the last message's last.
    var start: Int
    var end: Int
    /// The first message alone: the slot after its last, and its segment size, 0 if it is a single datagram.
    var firstEnd = 0
    var firstSegmentSize = 0
  }

  /// The first slot of each message of the plan.
  private var firstSlots = [Int](repeating: 0, count: 64)

  /// Lays out as many messages as fit, from slot `index` on. Nil if nothing is left to send.
  private func plan(_ datagrams: borrowing PacketBatch, from index: Int) -> Plan? {
    var plan = Plan(start: index, end: index)
    var vectors = 0
    while plan.messages < sending.messageCapacity && vectors < sending.vectorCapacity {
      guard let first = Self.nextPassed(datagrams, from: plan.end) else { break }
      let run = segmentation.run(in: datagrams, from: first, mostSlots: sending.vectorCapacity - vectors)
      var vector = vectors
      for slot in first..<run.end where datagrams.state(of: slot) == .passed {
        sending.setVector(vector, datagrams, start: datagrams.start(of: slot), length: datagrams.length(of: slot))
        vector += 1
      }
      let segmentSize = run.count > 1 ? datagrams.length(of: first) : 0
      sending.prepareToSend(
        plan.messages, vectors: vectors..<vector, to: datagrams.endpoint(of: first), from: socket,
        segmentSize: segmentSize)
      if plan.messages == 0 { (plan.start, plan.firstEnd, plan.firstSegmentSize) = (first, run.end, segmentSize) }
      firstSlots[plan.messages] = first
      plan.messages += 1
      vectors = vector
      plan.end = run.end
    }
    return plan.messages > 0 ? plan : nil
  }

  private static func nextPassed(_ datagrams: borrowing PacketBatch, from index: Int) -> Int? {
    var slot = index
    while slot < datagrams.count {
      if datagrams.state(of: slot) == .passed { return slot }
      slot += 1
    }
    return nil
  }

  /// Deals with the refusal of a plan's first message: once more, since the error may only have waited at the socket
  /// for whoever calls next; then without cutting, if that is what the kernel minds; then without that message.
  /// Returns the slot to go on from.
  private func handleFailure(_ error: Errno, of plan: Plan, in datagrams: inout PacketBatch) -> Int {
    drainErrors()
    do throws(Errno) {
      return try sending.send(0..<1, through: socket) == nil ? plan.start : plan.firstEnd
    } catch {
      if plan.firstSegmentSize > 0 && segmentation.takesBlame(for: error, segmentSize: plan.firstSegmentSize) {
        return plan.start
      }
      for slot in plan.start..<plan.firstEnd where datagrams.state(of: slot) == .passed {
        failures.count(error.rawValue)
        datagrams.drop(slot, .refused)
      }
      return plan.firstEnd
    }
  }
}
