package import LinuxSystem
package import SystemPackage
package import TunnelCore

/// The relay's network end: UDP, through one socket, or two if the peer is fixed (see PeerConnection).
///
/// ICMP errors arrive through the error queue. Datagrams of equal length to one endpoint leave in one call and pass the
/// network stack as one (UDP_SEGMENT); those that arrive together are read together (UDP_GRO).
package final class UDPTransport: DatagramTransport {
  package struct Options: Sendable {
    /// UDP_SEGMENT and UDP_GRO.
    package var usesOffloads = true
    /// Socket buffers, bytes each way.
    package var bufferBytes: Int32 = 4 << 20
    /// Where all datagrams go and come from, if that never changes.
    package var fixedPeer: Endpoint?

    package init() {}
  }

  let socket: UDPSocket
  let connection: PeerConnection?
  let sending = MessageArray(messageCapacity: 64, vectorCapacity: 256)
  private let receiving = MessageArray(messageCapacity: receiveBuffers, vectorCapacity: receiveBuffers)
  private var backlog = ReceiveBacklog()
  var segmentation: Segmentation
  let path: PathDiscovery
  /// The route to the peer, as of the last tick.
  private var route: Routing.Route?
  package let localEndpoint: Endpoint?
  package internal(set) var failures = FailureTally()

  /// How many super-datagrams one call may bring; each has a buffer of the largest size.
  private static let receiveBuffers = 8

  /// Takes over a bound socket.
  package init(_ bound: UDPSocket, options: Options) {
    localEndpoint = bound.localEndpoint
    let port = localEndpoint?.port ?? 0
    let route = options.fixedPeer.flatMap { Routing.route(towards: $0, localPort: port) }
    connection = options.fixedPeer.flatMap { PeerConnection(to: $0, beside: bound, route: route) }
    self.route = route
    socket = connection?.socket ?? bound
    socket.setBuffers(bytes: options.bufferBytes)
    socket.collectErrors()
    if options.usesOffloads { _ = socket.coalesceDatagrams() }
    segmentation = Segmentation(isOn: options.usesOffloads)
    path = PathDiscovery(socket, route: route)
  }

  package var descriptor: Int32 { socket.rawValue }
  /// Why datagrams are no longer sent together, if that is so.
  package var segmentationRefusal: Errno? { segmentation.refusal }
  /// What an ICMP message about a datagram that was too long said of the path last, bytes including the IP header. It
  /// fits what was sent; it may be forged all the same.
  package var toldPathMTU: Int? { path.toldMTU }
  /// Such messages about datagrams that were never sent.
  package var forgedMessages: UInt64 { path.forgedMessages }

  // MARK: Once a second

  package func tick(at now: Moment) {
    let wasWhole = path.isWhole
    path.tick(at: now.monotonicSeconds)
    segmentation.tick(at: now.monotonicSeconds)
    lookAtRoute()
    if path.isWhole && !wasWhole { segmentation.recover() }
  }

  private func lookAtRoute() {
    let destination = connection?.peer ?? path.destination
    if destination == .unspecified { return }
    let route = Routing.route(towards: destination, localPort: localEndpoint?.port ?? 0)
    connection?.follow(route)
    if route == self.route { return }
    self.route = route
    path.take(route)
    segmentation.recover()
  }

  // MARK: Receiving

  package func receive(into datagrams: inout PacketBatch) throws -> ReadOutcome {
    if !backlog.isEmpty {
      backlog.move(into: &datagrams)
      return .more
    }
    return receive(into: &datagrams) { receiveCounted($0) }
  }

  /// What strangers sent to the port of a connected socket, and of the peer's datagrams what came before it was.
  package func receiveFromElsewhere(into datagrams: inout PacketBatch) throws -> ReadOutcome {
    guard let strangers = connection?.strangers else { return .drained }
    return receive(into: &datagrams) { try? receiving.receive($0, from: strangers) }
  }

  package func takeLostFromElsewhere() -> UInt64 { connection?.takeLost() ?? 0 }

  private func receive(
    into datagrams: inout PacketBatch, _ receiveCounted: (_ buffers: Int) -> Int?
  ) -> ReadOutcome {
    let buffers = prepareBuffers(in: datagrams)
    let base = datagrams.roomForNext(0) ?? 0
    guard buffers > 0, let count = receiveCounted(buffers) else { return .drained }
    for index in 0..<count {
      guard let message = receiving.received(index) else { continue }
      append(message, at: base + index * Self.stride(datagrams), to: &datagrams)
    }
    return count == buffers || !backlog.isEmpty ? .more : .drained
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
        backlog.keep(datagrams, start: start + offset, length: length, source: message.source)
      }
      offset += size
    } while offset < message.length
  }

  func drainErrors() {
    while let error = socket.nextError() {
      if !error.isFromNetwork { continue }  // `send` has been told
      let isTooLong = error.errno == Errno.messageTooLong.rawValue
      if !isTooLong || path.heeds(error) { failures.count(error.errno) }
    }
  }

  // MARK: Sending

  package func send(_ datagrams: inout PacketBatch, from index: Int) throws -> Int {
    var next = path.isTrialDue ? sendTrial(datagrams, from: index) : index
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
  struct Plan {
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
        plan.messages, vectors: vectors..<vector, to: name(of: datagrams.endpoint(of: first)), from: socket,
        segmentSize: segmentSize)
      path.note(datagrams, first)
      if plan.messages == 0 { (plan.start, plan.firstEnd, plan.firstSegmentSize) = (first, run.end, segmentSize) }
      firstSlots[plan.messages] = first
      plan.messages += 1
      vectors = vector
      plan.end = run.end
    }
    return plan.messages > 0 ? plan : nil
  }

  /// A connected socket's datagrams need no address: all go to the peer.
  func name(of endpoint: Endpoint) -> Endpoint? { connection?.isConnected == true ? nil : endpoint }

  static func nextPassed(_ datagrams: borrowing PacketBatch, from index: Int) -> Int? {
    var slot = index
    while slot < datagrams.count {
      if datagrams.state(of: slot) == .passed { return slot }
      slot += 1
    }
    return nil
  }
}
