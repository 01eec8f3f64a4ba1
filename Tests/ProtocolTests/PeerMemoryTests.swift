import CMalloc
import Glibc
import Sodium
import Testing
import TunnelCore
import TunnelTesting

/// In processes of their own, where no other test allocates. Benchmarks/memory has the figures.
@Suite("What an idle peer costs in memory")
struct PeerMemoryTests {
  @Test("salty: at most 64 KB")
  func salty() async {
    await #expect(processExitsWith: .success) {
      let bytes = try bytesPerPeer {
        let pair = try SaltyPair()
        pair.start()
        guard pair.passesBothWays else { throw Silent() }
        return pair.a
      }
      exit(bytes < 64 << 10 ? 0 : 1)
    }
  }

  @Test("nacltai: at most 16 KB, after a silence also with a window that was full")
  func nacltai() async {
    await #expect(processExitsWith: .success) {
      exit(try bytesPerPeer { try talkedTo(packets: 10) } < 16 << 10 ? 0 : 1)
    }
    await #expect(processExitsWith: .success) {
      let bytes = try bytesPerPeer {
        let party = try talkedTo(packets: 2100)
        for _ in 0..<70 {
          party.tick()
          party.clock.advance(seconds: 1)
        }
        return party
      }
      exit(bytes < 16 << 10 ? 0 : 1)
    }
  }
}

private struct Silent: Error {}

/// A nacltai party after so many packets from the other, which is forgotten.
private func talkedTo(packets: Int) throws -> Party {
  let (own, other) = (SecretKey(), SecretKey())
  let party = try Party("nacltai", parameters(own, other.publicKey))
  let peer = try Party("nacltai", parameters(other, own.publicKey), clock: party.clock)
  for _ in 0..<packets {
    guard let datagram = peer.seal([1]).packet, party.open(datagram).packet != nil else { throw Silent() }
  }
  return party
}

/// What malloc has handed out and what lies in guarded regions, for each of 50 parties.
private func bytesPerPeer(_ make: () throws -> Party) throws -> Int {
  func held() -> Int {
    let heap = mallinfo2()
    return Int(heap.uordblks + heap.hblkhd) + GuardedMemory.regionByteCount
  }
  let count = 50
  let first = try make()
  let before = held()
  let parties = try (0..<count).map { _ in try make() }
  return withExtendedLifetime((first, parties)) { (held() - before) / count }
}
