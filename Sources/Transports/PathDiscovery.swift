import LinuxSystem
import SystemPackage
import TunnelCore

/// Keeps a socket's fragmentation as `PathSize` has it, from what is sent and what ICMP messages say of it.
final class PathDiscovery {
  private let socket: UDPSocket
  private var size = PathSize()
  private var fingerprints = SentFingerprints()
  /// The route that was given an MTU of its own: the administrator's word, and the kernel keeps to it.
  private var hasRouteMTU = false
  /// What the socket was told last; nil if it may not be told, since the administrator wants no discovery.
  private var fragmentation: UDPSocket.Fragmentation?
  /// Messages about datagrams that were too long, none of which was sent from here.
  private(set) var forgedMessages: UInt64 = 0

  init(_ socket: UDPSocket, route: Routing.Route?) {
    self.socket = socket
    fragmentation = socket.discoversPathMTU ? .asTheKernelKnows : nil
    take(route)
  }

  /// What a message that fits what was sent said of the path last, in bytes with the IP header. It may be forged.
  var toldMTU: Int? { size.toldMTU }
  /// Where the last long datagram went.
  var destination: Endpoint { fingerprints.destination }
  var isTrialDue: Bool { size.isTrialDue }
  /// Whether datagrams leave whole, whatever has been said of the path.
  var isWhole: Bool { fragmentation == .never }

  /// To be called with each datagram that is about to be sent, or the first of those that leave together.
  func note(_ datagrams: borrowing PacketBatch, _ slot: Int) { fingerprints.note(datagrams, slot) }

  /// To be called about once a second.
  func tick(at second: UInt64) {
    size.tick(at: second)
    adjust()
  }

  /// The route to the peer has become another one.
  func take(_ route: Routing.Route?) {
    hasRouteMTU = route?.mtu != nil
    size.forget()
    adjust()
  }

  /// Whether a message that a datagram was too long is heeded. One that does not say how long it may be (before RFC 1191)
  /// is of no use.
  func heeds(_ error: UDPSocket.QueuedError) -> Bool {
    if error.information == 0 { return false }
    guard fingerprints.explain(error) else {
      forgedMessages += 1
      return false
    }
    size.heed(Int(error.information))
    adjust()
    return true
  }

  /// Whether a single datagram that the kernel refused with `error` may be sent in fragments now.
  func allowsFragments(after error: Errno) -> Bool {
    guard error == .messageTooLong, isWhole, size.refused() else { return false }
    adjust()
    return true
  }

  /// Runs `send` with a datagram of `length` bytes leaving whole, if it is long enough to see from it whether the path
  /// carries such again. Returns whether it was sent.
  func tries(_ length: Int, to endpoint: Endpoint, _ send: () -> Bool) -> Bool {
    guard let usual = fragmentation, size.takesTrial(length + UDPHeaders.byteCount(towards: endpoint)) else {
      return false
    }
    socket.setFragmentation(.never)
    defer { socket.setFragmentation(usual) }
    return send()
  }

  private func adjust() {
    let wanted: UDPSocket.Fragmentation =
      hasRouteMTU ? .asTheKernelKnows : size.mayFragment ? .allowed : .never
    guard let fragmentation, fragmentation != wanted else { return }
    socket.setFragmentation(wanted)
    self.fragmentation = wanted
  }
}
