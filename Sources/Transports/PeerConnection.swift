import LinuxSystem
import SystemPackage
import TunnelCore

/// The sockets of a tunnel whose peer is fixed: one is connected to it, so that the kernel looks up the route once
/// rather than for each datagram, and keeps strangers out of its buffer; the other, on the same port, takes what
/// strangers send, and the little of it that somebody looks at.
///
/// A connected socket's datagrams leave from the address that was right when it was connected. So it is connected again
/// when the route to the peer becomes another one, and when sending fails in a way that may come from that. While it
/// cannot be connected, since there is no route, it is used like any other socket: the peer is named with each datagram.
final class PeerConnection {
  let socket: UDPSocket
  let unconnected: UDPSocket
  let peer: Endpoint
  private(set) var isConnected = false
  /// The route that it was connected by.
  private var route: Routing.Route?
  /// Whether sending has failed since the last tick, and it was connected again for that.
  private var hasRetried = false

  /// As the kernel had counted when it was asked last.
  private var lost: UInt32 = 0

  /// Enough for the few datagrams that are looked at; a flood of them fills no memory.
  private static let unconnectedBuffer: Int32 = 32 << 10

  /// Nil if the port cannot have a second socket; then `bound` has to do for everything.
  init?(to peer: Endpoint, beside bound: UDPSocket, route: Routing.Route?) {
    guard let socket = try? bound.secondSocket() else { return nil }
    self.socket = socket
    self.peer = peer
    self.route = route
    unconnected = bound
    unconnected.setReceiveBuffer(bytes: Self.unconnectedBuffer)
    connect()
  }

  /// To be called about once a second with the route to the peer.
  func follow(_ route: Routing.Route?) {
    hasRetried = false
    // Without a route there is nothing better to connect by, and what the kernel says to each datagram is true.
    if isConnected && (route == self.route || route == nil) { return }
    self.route = route
    connectAgain()
  }

  /// Whether it was worth connecting again after sending failed with `error`. Once between two ticks.
  ///
  /// EINVAL: the address to send from is gone (net/ipv4/route.c, ip_route_output_key_hash_rcu). The others: the route is,
  /// or leads elsewhere now.
  func retries(after error: Errno) -> Bool {
    let mayHelp: [Errno] = [.invalidArgument, .networkUnreachable, .addressNotAvailable, .noRouteToHost, .networkDown]
    guard isConnected, !hasRetried, mayHelp.contains(error) else { return false }
    hasRetried = true
    connectAgain()
    return true
  }

  /// How many datagrams strangers have sent that there was no room for, since this was asked last.
  func takeLost() -> UInt64 {
    let count = unconnected.receiveDrops
    defer { lost = count }
    return UInt64(count &- lost)
  }

  private func connectAgain() {
    socket.disconnect()
    connect()
  }

  private func connect() { isConnected = (try? socket.connect(to: peer)) != nil }
}
