import LinuxSystem
import SystemPackage
import TunnelCore

/// What is done where the kernel refuses to send, and how it is found out whether it still would.
extension UDPTransport {
  /// Sends the next datagram whole, if it is long enough to see from it whether the path carries such again. Returns the
  /// slot to go on from.
  func sendTrial(_ datagrams: borrowing PacketBatch, from index: Int) -> Int {
    guard let slot = SendPlan.nextPassed(datagrams, from: index) else { return index }
    let (endpoint, length) = (datagrams.endpoint(of: slot), datagrams.length(of: slot))
    sending.setVector(0, datagrams, start: datagrams.start(of: slot), length: length)
    sending.prepareToSend(0, vectors: 0..<1, to: name(of: endpoint), from: socket, segmentSize: 0)
    path.note(datagrams, slot)
    let isSent = path.tries(length, to: endpoint) { (try? sending.send(1, through: socket)) == 1 }
    return isSent ? slot + 1 : index
  }

  /// Deals with the refusal of a call's first message: once more, since the error may only have waited at the socket
  /// for whoever calls next; then in another way, if there is one that the kernel may mind less; then without that
  /// message. Returns the slot to go on from.
  func handleFailure(_ error: Errno, of message: SendPlan.Message, in datagrams: inout PacketBatch) -> Int {
    drainErrors()
    do throws(Errno) {
      return try sending.send(1, through: socket) == nil ? message.slots.lowerBound : message.slots.upperBound
    } catch {
      if hasAnotherWay(after: error, message.segmentSize) { return message.slots.lowerBound }
      for slot in message.slots where datagrams.state(of: slot) == .passed {
        failures.count(error.rawValue)
        datagrams.drop(slot, .refused)
      }
      return message.slots.upperBound
    }
  }

  /// Another source address, several datagrams instead of one to be cut, or a datagram in fragments.
  private func hasAnotherWay(after error: Errno, _ segmentSize: Int) -> Bool {
    if connection?.retries(after: error) == true { return true }
    if segmentSize > 0 { return segmentation.takesBlame(for: error, segmentSize: segmentSize) }
    return path.allowsFragments(after: error)
  }
}
