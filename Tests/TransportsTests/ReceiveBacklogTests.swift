import LinuxSystem
import Testing
import TunnelCore

@testable import Transports

@Suite("More datagrams than slots")
struct ReceiveBacklogTests {
  private func transport(_ port: UInt16) throws -> UDPTransport {
    let socket = try UDPSocket(isIPv6: false)
    try socket.bind(to: Endpoint(ipv4: 0x7f00_0001, port: port))
    return UDPTransport(socket, options: .init())
  }

  /// A kernel may join more datagrams into a message than those of today do. Here it is the batch that is small: each
  /// message brings 64, the batch has slots for 10.
  @Test("what a message brings beyond the batch's slots comes with the next batches, none lost, in order")
  func backlog() throws {
    let (sender, receiver) = (try transport(0), try transport(0))
    let destination = try #require(receiver.localEndpoint)
    var sent = PacketBatch(byteCapacity: 100_000, slotCapacity: 300)
    for number in 0..<300 as Range<UInt16> {
      sent.append(length: 20, to: destination) { $0.storeBigEndian(number, at: 0) }
    }
    #expect(try sender.send(&sent, from: 0) == 300)

    // One call takes all messages: five of them, in one batch of ten slots.
    var received: [UInt16] = []
    var batch = PacketBatch(byteCapacity: 9 * PacketBatch.largestPacket, slotCapacity: 10)
    repeat {
      batch.removeAll()
      let outcome = try receiver.receive(into: &batch)
      for index in 0..<batch.count {
        received.append(batch.bigEndian(in: index, at: 0, as: UInt16.self))
        #expect(batch.length(of: index) == 20 && batch.endpoint(of: index) == sender.localEndpoint)
      }
      #expect(outcome == .more || batch.count < 10)
    } while !batch.isEmpty
    #expect(received == Array(0..<300))
  }

  @Test("an empty datagram takes a slot like any other")
  func empty() throws {
    let (sender, receiver) = (try transport(0), try transport(0))
    let destination = try #require(receiver.localEndpoint)
    var sent = PacketBatch(byteCapacity: 10_000, slotCapacity: 3)
    for _ in 0..<3 { sent.append(length: 0, to: destination) { _ in } }
    #expect(try sender.send(&sent, from: 0) == 3)
    var count = 0
    for _ in 0..<3 {
      var batch = PacketBatch(byteCapacity: 9 * PacketBatch.largestPacket, slotCapacity: 1)
      _ = try receiver.receive(into: &batch)
      count += batch.count
    }
    #expect(count == 3)
  }
}
