import Glibc
import Testing

@testable import Sodium

@Suite("Guarded memory")
struct GuardedMemoryTests {
  private let slots = GuardedSlots()

  private func bytes(_ memory: GuardedMemory) -> [UInt8] {
    memory.withBytes { span in (0..<span.byteCount).map { span.unsafeLoadByte($0) } }
  }

  private func isZero(_ memory: GuardedMemory) -> Bool { bytes(memory).allSatisfy { $0 == 0 } }

  private func fill(_ memory: GuardedMemory, with byte: UInt8 = 0xa5) {
    memory.withMutableBytes { span in
      for index in 0..<span.byteCount { span.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
    }
  }

  @Test(
    "is zero at first and keeps what is written, in a slot as in pages of its own",
    arguments: [0, 1, 32, 33, 512, 513, 5000])
  func contents(count: Int) {
    let memory = GuardedMemory(count: count, from: slots)
    #expect((memory.region == nil) == (count > 512))
    #expect(isZero(memory))
    fill(memory)
    #expect(bytes(memory) == [UInt8](repeating: 0xa5, count: count))
  }

  @Test("a slot is wiped when its secret is released, and zero when it is handed out again")
  func reuse() throws {
    let neighbour = GuardedMemory(count: 32, from: slots)
    var secret: GuardedMemory? = GuardedMemory(count: 32, from: slots)
    if let secret { fill(secret) }
    fill(neighbour, with: 7)
    let region = try #require(neighbour.region)
    #expect(secret?.region === region)
    let address = unsafe try #require(secret).base
    let whole = unsafe UnsafeRawBufferPointer(start: region.base, count: region.slotCount * region.slotByteCount)
    #expect(unsafe whole.filter { $0 == 0xa5 }.count == 32)
    secret = nil
    #expect(unsafe whole.filter { $0 == 0xa5 }.isEmpty && whole.filter { $0 == 7 }.count == 32)
    let next = GuardedMemory(count: 30, from: slots)
    #expect(unsafe next.base == address)
    #expect(isZero(next) && next.count == 30)
  }

  @Test("a thousand keys share eight regions, and an unused region is given back")
  func sharing() {
    var keys = (0..<1000).map { _ in GuardedMemory(count: 32, from: slots) }
    #expect(slots.regionCount == 8)
    #expect(Set(keys.map { unsafe UInt(bitPattern: $0.base) }).count == 1000)
    for (index, key) in keys.enumerated() { fill(key, with: UInt8(truncatingIfNeeded: index)) }
    for (index, key) in keys.enumerated() {
      #expect(bytes(key) == [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 32))
    }
    keys.removeAll()
    #expect(slots.regionCount == 0)
  }

  @Test("secrets of different lengths lie in regions of their own sizes, none over its slot's end")
  func sizes() {
    let memories = (1...600).map { GuardedMemory(count: $0, from: slots) }
    for (index, memory) in memories.enumerated() { fill(memory, with: UInt8(truncatingIfNeeded: index)) }
    for (index, memory) in memories.enumerated() {
      #expect(bytes(memory) == [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: index + 1))
    }
  }

  @Test("many threads at once get slots of their own")
  func threads() async {
    let slots = slots
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<500).allSatisfy { round in
            let mine = UInt8(task + 1)
            let held = (0..<5).map { GuardedMemory(count: 1 + (round + $0 * 61) % 300, from: slots) }
            let wereZero = held.allSatisfy(isZero)
            for memory in held { fill(memory, with: mine) }
            return wereZero && held.allSatisfy { bytes($0).allSatisfy { $0 == mine } }
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
    #expect(slots.regionCount == 0)
  }

  @Test("whoever reads past its end is stopped: by the span, and behind a region or a long secret by the hardware")
  func end() async {
    await #expect(processExitsWith: .failure) {
      GuardedMemory(count: 32).withBytes { print(unsafe $0.unsafeLoad(fromByteOffset: 32, as: UInt8.self)) }
    }
    await #expect(processExitsWith: .failure) {
      print(unsafe GuardedMemory(count: 600).base.load(fromByteOffset: 600, as: UInt8.self))
    }
    await #expect(processExitsWith: .failure) {
      guard let region = GuardedMemory(count: 64).region else { exit(0) }
      print(unsafe region.base.load(fromByteOffset: region.slotCount * region.slotByteCount, as: UInt8.self))
    }
  }

  @Test("what was written past a secret's end into a free slot ends the process before that is used")
  func overrun() async {
    await #expect(processExitsWith: .failure) {
      let secret = GuardedMemory(count: 32)
      unsafe secret.base.storeBytes(of: 1, toByteOffset: 32, as: UInt8.self)
      _ = (0..<126).map { _ in GuardedMemory(count: 32) }
    }
  }

  @Test("a kernel that refuses to lock a region is told of")
  func refusedLock() async {
    await #expect(processExitsWith: .success) {
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(__rlimit_resource_t(8 /* RLIMIT_MEMLOCK */), &none)
      // Root may lock what it likes.
      if getuid() == 0 { setuid(65534) }
      if GuardedMemory.refusedLock != nil { exit(1) }
      let secret = GuardedMemory(count: 32)
      guard secret.region != nil, let refusal = GuardedMemory.refusedLock else { exit(2) }
      exit(refusal == EPERM || refusal == ENOMEM ? 0 : 3)
    }
  }
}
