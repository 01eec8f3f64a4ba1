/// How many packets went through a device.
package struct InterfaceTraffic: Sendable, Equatable {
  /// Packets that came out of it: those that a tunnel's program wrote.
  package var received: UInt64
  /// Packets that went into it.
  package var sent: UInt64

  package init(received: UInt64, sent: UInt64) { (self.received, self.sent) = (received, sent) }

  /// Nil if there is no such interface.
  package init?(of name: String) {
    func number(_ counter: String) -> UInt64? {
      TextFile.read("/sys/class/net/\(name)/statistics/\(counter)").flatMap { UInt64($0) }
    }
    guard let received = number("rx_packets"), let sent = number("tx_packets") else { return nil }
    self.init(received: received, sent: sent)
  }
}
