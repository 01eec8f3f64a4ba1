import Testing

@testable import Simulation

@Suite("Packets of the world's applications")
struct DeliveriesTests {
  @Test("are known again, and nothing else is")
  func origins() throws {
    var deliveries = Deliveries(sides: 4)
    for length in [Deliveries.shortest, 100, 1400] {
      for side in 0..<4 {
        let packet = deliveries.make(side, length: length, at: 5)
        #expect(packet.count == length)
        let origin = try #require(deliveries.origin(of: packet))
        #expect(origin == (side, deliveries.ofSide[side].count - 1))
        for index in packet.indices {
          for bit in 0..<8 {
            var other = packet
            other[index] ^= 1 << UInt8(bit)
            #expect(deliveries.origin(of: other) == nil, "bit \(bit) of byte \(index)")
          }
        }
        #expect(deliveries.origin(of: packet.dropLast()) == nil && deliveries.origin(of: packet + [0]) == nil)
      }
    }
    #expect(deliveries.origin(of: []) == nil && deliveries.origin(of: [UInt8](repeating: 0, count: 60)) == nil)
  }

  @Test("are nobody's before they are sent")
  func future() {
    var (here, there) = (Deliveries(sides: 2), Deliveries(sides: 2))
    _ = here.make(0, length: 100, at: 0)
    let second = here.make(0, length: 100, at: 0)
    #expect(here.origin(of: second) != nil && there.origin(of: second) == nil)
    _ = there.make(0, length: 100, at: 0)
    #expect(there.origin(of: second) == nil)
  }
}
