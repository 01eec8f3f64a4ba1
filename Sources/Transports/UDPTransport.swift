package import LinuxSystem
import SystemPackage
package import TunnelCore

/// Datagrams over UDP, through one socket, or two if the peer is fixed (see PeerConnection).
///
/// ICMP errors arrive through the error queue. Datagrams of equal length to one endpoint leave in one call and pass the
/// network stack as one (UDP_SEGMENT); those that arrive together are read together (UDP_GRO).
package final class UDPTransport: DatagramTransport {
  package struct Options: Sendable {
    /// UDP_SEGMENT and UDP_GRO.
    package var usesOffloads = true
    /// Where all datagrams go and come from, if that never changes.
    package var fixedPeer: Endpoint?

    package init() {}
  }

  /// Socket buffers, bytes each way.
  private static let bufferBytes: Int32 = 4 << 20

  let socket: UDPSocket
  let connection: PeerConnection?
  let sending = MessageArray(messageCapacity: mostMessages, vectorCapacity: mostVectors)
  private(set) var plan = SendPlan(mostMessages: mostMessages, mostVectors: mostVectors)
  private var receiver = DatagramReceiver()
  var segmentation: Segmentation
  let path: PathDiscovery
  /// The route to the peer, as of the last tick.
  private var route: Routing.Route?
  package let localEndpoint: Endpoint?
  package internal(set) var failures = FailureTally()

  /// What one call of sendmmsg(2) takes.
  private static let (mostMessages, mostVectors) = (64, 256)

  /// Takes over a bound socket.
  package init(_ bound: UDPSocket, options: Options) {
    localEndpoint = bound.localEndpoint
    let port = localEndpoint?.port ?? 0
    let route = options.fixedPeer.flatMap { Routing.route(towards: $0, localPort: port) }
    connection = options.fixedPeer.flatMap { PeerConnection(to: $0, beside: bound, route: route) }
    self.route = route
    socket = connection?.socket ?? bound
    socket.setBuffers(bytes: Self.bufferBytes)
    socket.collectErrors()
    if options.usesOffloads { _ = socket.coalesceDatagrams() }
    segmentation = Segmentation(isOn: options.usesOffloads)
    path = PathDiscovery(socket, route: route)
  }

  package var descriptor: Int32? { socket.rawValue }
  package var burst: Burst { DatagramReceiver.burst }
  package var refusals: [Refusal] { segmentation.refusal.map { [$0] } ?? [] }
  package func headerBytes(towards endpoint: Endpoint?) -> Int {
    UDPHeaders.byteCount(towards: endpoint)
  }
  package var toldPathMTU: Int? { path.toldMTU }
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
    if receiver.hasBacklog {
      receiver.takeBacklog(into: &datagrams)
      return .more
    }
    return receiver.receive(into: &datagrams) { receiveCounted($0, $1) }
  }

  /// What strangers sent to the port of a connected socket, and of the peer's datagrams what came before it was.
  package func receiveFromElsewhere(into datagrams: inout PacketBatch) throws -> ReadOutcome {
    guard let unconnected = connection?.unconnected else { return .drained }
    return receiver.receive(into: &datagrams) { try? $0.receive($1, from: unconnected) }
  }

  package func takeLostFromElsewhere() -> UInt64 { connection?.takeLost() ?? 0 }

  /// How many messages came, or nil if none waits. The error queue is looked at only when nothing came, for that costs
  /// a call: what woke us must have been an error then. One that waits at the socket comes up once and hides the
  /// datagrams behind it.
  private func receiveCounted(_ messages: borrowing MessageArray, _ buffers: Int) -> Int? {
    for _ in 0..<2 {
      do throws(Errno) {
        if let count = try messages.receive(buffers, from: socket) { return count }
        drainErrors()
        return nil
      } catch {
        drainErrors()
      }
    }
    return nil
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
    while plan.lay(out: datagrams, from: next, by: segmentation) {
      prepareMessages(datagrams)
      do throws(Errno) {
        guard let sent = try sending.send(plan.messages.count, through: socket) else { return plan.slot(after: 0) }
        next = plan.slot(after: sent)
      } catch {
        next = handleFailure(error, of: plan.messages[0], in: &datagrams)
      }
    }
    return datagrams.count
  }

  /// Points the kernel's messages at what is planned.
  private func prepareMessages(_ datagrams: borrowing PacketBatch) {
    for (index, message) in plan.messages.enumerated() {
      var vector = message.vectors.lowerBound
      for slot in message.slots where datagrams.state(of: slot) == .passed {
        sending.setVector(vector, datagrams, start: datagrams.start(of: slot), length: datagrams.length(of: slot))
        vector += 1
      }
      let first = message.slots.lowerBound
      sending.prepareToSend(
        index, vectors: message.vectors, to: name(of: datagrams.endpoint(of: first)), from: socket,
        segmentSize: message.segmentSize)
      path.note(datagrams, first)
    }
  }

  /// A connected socket's datagrams need no address: all go to the peer.
  func name(of endpoint: Endpoint) -> Endpoint? { connection?.isConnected == true ? nil : endpoint }
}
