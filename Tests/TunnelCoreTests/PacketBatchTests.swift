import Testing
import TunnelCore
import TunnelTesting

@Suite("Packet batches")
struct PacketBatchTests {
  @Test("a header goes in front of a packet where it lies, and comes off again")
  func headers() {
    var batch = PacketBatch(byteCapacity: 400, slotCapacity: 2)
    let fits = batch.appendCopy(of: [1, 2, 3], from: .unspecified)
    #expect(fits)
    batch.extendFront(of: 0, by: 4)
    var span = batch[0]
    span.storeBigEndian(UInt32(0xdead_beef), at: 0)
    #expect(batch.copy(of: 0) == [0xde, 0xad, 0xbe, 0xef, 1, 2, 3])
    #expect(batch.bigEndian(in: 0, at: 2, as: UInt16.self) == 0xbeef)
    batch.trimFront(of: 0, by: 5)
    #expect(batch.copy(of: 0) == [2, 3])
  }

  @Test("a full batch takes no more, by slots or by bytes")
  func capacity() {
    var slots = PacketBatch(byteCapacity: 1000, slotCapacity: 2)
    let bySlots = [slots.appendCopy(of: [1], from: .unspecified), slots.appendCopy(of: [2], from: .unspecified)]
    #expect(bySlots == [true, true])
    #expect(slots.roomForNext(0) == nil)
    var bytes = PacketBatch(byteCapacity: 200, slotCapacity: 9)
    let tooMuch = bytes.appendCopy(of: [UInt8](repeating: 0, count: 137), from: .unspecified)
    #expect(!tooMuch)
    let enough = bytes.appendCopy(of: [UInt8](repeating: 0, count: 136), from: .unspecified)
    #expect(enough)
  }

  @Test("reading past a packet stops the program")
  func bounds() async {
    await #expect(processExitsWith: .failure) {
      var batch = PacketBatch(byteCapacity: 400, slotCapacity: 2)
      _ = batch.appendCopy(of: [1, 2, 3], from: .unspecified)
      _ = batch.bigEndian(in: 0, at: 0, as: UInt32.self)
    }
    await #expect(processExitsWith: .failure) {
      var batch = PacketBatch(byteCapacity: 400, slotCapacity: 2)
      _ = batch.appendCopy(of: [1, 2, 3], from: .unspecified)
      batch.extendFront(of: 0, by: 65)
    }
  }

  @Test("an IPv4 address that a dual-stack socket shows as mapped is the same endpoint")
  func mappedEndpoint() {
    #expect(Endpoint(ipv6High: 0, low: 0xffff_c000_0201, port: 5) == Endpoint(ipv4: 0xc000_0201, port: 5))
    #expect(Endpoint(ipv6High: 1, low: 0xffff_c000_0201, port: 5).isIPv6)
  }
}
