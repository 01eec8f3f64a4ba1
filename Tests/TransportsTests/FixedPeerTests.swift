import Glibc
import LinuxSystem
import Testing
import TunnelCore

@testable import Transports

/// On loopback, with the real kernel.
@Suite("The sockets of a fixed peer")
struct FixedPeerTests {
  private static let loopback4 = Endpoint(ipv4: 0x7f00_0001, port: 0)
  private static let loopback6 = Endpoint(ipv6High: 0, low: 1, port: 0)

  private func bound(_ endpoint: Endpoint) throws -> UDPSocket {
    let socket = try UDPSocket(isIPv6: endpoint.isIPv6)
    try socket.bind(to: endpoint)
    return socket
  }

  /// A transport of a fixed peer, bound to `any` or to loopback itself, with sockets for the peer and a stranger.
  private struct Scene {
    let transport: UDPTransport
    let peer: UDPSocket
    let stranger: UDPSocket
    let address: Endpoint
  }

  private func scene(_ loopback: Endpoint, isAny: Bool) throws -> Scene {
    let (peer, stranger) = (try bound(loopback), try bound(loopback))
    let any = loopback.isIPv6 ? Endpoint(ipv6High: 0, low: 0, port: 0) : Endpoint(ipv4: 0, port: 0)
    var options = UDPTransport.Options()
    options.fixedPeer = peer.localEndpoint
    let transport = UDPTransport(try bound(isAny ? any : loopback), options: options)
    let port = try #require(transport.localEndpoint?.port)
    return Scene(transport: transport, peer: peer, stranger: stranger, address: loopback.with(port: port))
  }

  private func send(_ text: String, from socket: UDPSocket, to endpoint: Endpoint) {
    var batch = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
    let messages = MessageArray(messageCapacity: 1, vectorCapacity: 1)
    batch.append(length: text.utf8.count, to: endpoint) { span in
      for (index, byte) in text.utf8.enumerated() { span.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
    }
    messages.setVector(0, batch, start: batch.start(of: 0), length: batch.length(of: 0))
    messages.prepareToSend(0, vectors: 0..<1, to: endpoint, from: socket, segmentSize: 0)
    _ = try? messages.send(1, through: socket)
  }

  private func take(
    _ receive: (inout PacketBatch) throws -> ReadOutcome
  ) rethrows -> [String] {
    var batch = PacketBatch(byteCapacity: 9 * PacketBatch.largestPacket, slotCapacity: 1024)
    _ = try receive(&batch)
    return (0..<batch.count).map { String(decoding: batch.copy(of: $0), as: UTF8.self) }
  }

  @Test("the peer is heard, strangers are kept apart", arguments: [loopback4, loopback6], [true, false])
  func apart(loopback: Endpoint, isAny: Bool) throws {
    let scene = try scene(loopback, isAny: isAny)
    for index in 0..<3 {
      send("stranger \(index)", from: scene.stranger, to: scene.address)
      send("peer \(index)", from: scene.peer, to: scene.address)
    }
    #expect(try take { try scene.transport.receive(into: &$0) } == ["peer 0", "peer 1", "peer 2"])
    #expect(try take { try scene.transport.receive(into: &$0) } == [])
    #expect(
      try take { try scene.transport.receiveFromElsewhere(into: &$0) } == ["stranger 0", "stranger 1", "stranger 2"])
  }

  @Test("a flood of strangers takes no room from the peer, costs a look at a few, and is counted")
  func flood() throws {
    let scene = try scene(Self.loopback4, isAny: true)
    for index in 0..<5000 { send("stranger \(index)", from: scene.stranger, to: scene.address) }
    send("peer", from: scene.peer, to: scene.address)
    #expect(try take { try scene.transport.receive(into: &$0) } == ["peer"])
    var read: UInt64 = 0
    while case let some = try take({ try scene.transport.receiveFromElsewhere(into: &$0) }).count, some > 0 {
      #expect(some <= 8)
      read += UInt64(some)
    }
    #expect(read < 500, "a small buffer")
    #expect(scene.transport.takeLostFromElsewhere() + read == 5000)
    #expect(scene.transport.takeLostFromElsewhere() == 0)
  }

  @Test("datagrams leave for the peer from the port that was asked for", arguments: [loopback4, loopback6])
  func sending(loopback: Endpoint) throws {
    let scene = try scene(loopback, isAny: true)
    var batch = PacketBatch(byteCapacity: 4096, slotCapacity: 4)
    batch.append(length: 5, to: try #require(scene.peer.localEndpoint)) { _ in }
    #expect(try scene.transport.send(&batch, from: 0) == 1)
    let messages = MessageArray(messageCapacity: 1, vectorCapacity: 1)
    messages.setVector(0, batch, start: 0, length: 100)
    messages.prepareToReceive(0)
    #expect(try messages.receive(1, from: scene.peer) == 1)
    #expect(messages.received(0)?.source == scene.address)
  }

  /// The kernel knows sockets by their user, not their process: to be refused here is to be refused anywhere.
  @Test("nobody else gets the port, with whatever options", arguments: [loopback4, loopback6], [true, false])
  func port(loopback: Endpoint, isAny: Bool) throws {
    let scene = try scene(loopback, isAny: isAny)
    let any = loopback.isIPv6 ? Endpoint(ipv6High: 0, low: 0, port: 0) : Endpoint(ipv4: 0, port: 0)
    for address in [any, loopback] {
      for options in [[], [SO_REUSEADDR], [SO_REUSEPORT], [SO_REUSEADDR, SO_REUSEPORT]] {
        let thief = try UDPSocket(isIPv6: loopback.isIPv6)
        for option in options {
          var on: Int32 = 1
          #expect(setsockopt(thief.rawValue, SOL_SOCKET, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0)
        }
        #expect(throws: SystemCallError.self, "\(address) \(options)") {
          try thief.bind(to: address.with(port: scene.address.port))
        }
      }
    }
  }

  @Test("a port that somebody else is willing to share is taken all the same", arguments: [SO_REUSEADDR, SO_REUSEPORT])
  func occupied(option: Int32) throws {
    let other = try UDPSocket(isIPv6: false)
    var on: Int32 = 1
    #expect(setsockopt(other.rawValue, SOL_SOCKET, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0)
    try other.bind(to: Self.loopback4)
    let endpoint = try #require(other.localEndpoint)
    #expect(throws: SystemCallError.self) { try bound(endpoint) }
  }
}
