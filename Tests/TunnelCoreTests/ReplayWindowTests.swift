import Testing

@testable import TunnelCore

/// The original's rule, plainly: remember the highest `size` numbers.
private struct PlainWindow {
  let size: Int
  let floor: UInt64
  var numbers: Set<UInt64> = []

  func verdict(on number: UInt64) -> ReplayWindow<UInt64>.Verdict {
    if numbers.contains(number) || number == floor { return .duplicate }
    if number < floor { return .late }
    if numbers.count == size, let lowest = numbers.min(), number < lowest { return .late }
    return .fresh
  }

  mutating func accept(_ number: UInt64) {
    numbers.insert(number)
    if numbers.count > size, let lowest = numbers.min() { numbers.remove(lowest) }
  }
}

@Suite("The replay window")
struct ReplayWindowTests {
  @Test("says what the plain rule says, for shuffled, sparse and repeated numbers", arguments: [1, 5, 6, 64, 300])
  func model(size: Int) {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      let floor = UInt64.random(in: 0...50, using: &generator)
      let step = [1, 2, 1000].randomElement(using: &generator) ?? 1
      var window = ReplayWindow<UInt64>(size: size, floor: floor)
      var plain = PlainWindow(size: size, floor: floor)
      for position in 0..<1500 {
        let jitter = Int.random(in: -2 * size...size, using: &generator)
        let number = UInt64(max(0, (position + jitter) * step))
        let verdict = window.verdict(on: number)
        guard verdict == plain.verdict(on: number) else {
          Issue.record("\(number) at \(position): \(verdict), \(plain.verdict(on: number))")
          return
        }
        // Not every fresh number turns out to be authentic.
        if verdict == .fresh && Int.random(in: 0..<8, using: &generator) > 0 {
          window.accept(number)
          plain.accept(number)
        }
      }
    }
  }

  @Test("accepts nothing twice and nothing below, at either end of the numbers")
  func extremes() {
    var window = ReplayWindow<UInt32>(size: 5)
    #expect(window.verdict(on: 0) == .duplicate)
    window.accept(UInt32.max)
    #expect(window.verdict(on: UInt32.max) == .duplicate)
    for number in UInt32(1)...4 { window.accept(number) }
    #expect(window.verdict(on: 1) == .duplicate)
    window.accept(9)
    #expect(window.verdict(on: 1) == .late)
    #expect(window.verdict(on: 5) == .fresh)
  }

  @Test("one packet that four others overtook passes, one that five overtook does not")
  func overtaking() {
    var window = ReplayWindow<UInt64>(size: 5, floor: 0)
    for number: UInt64 in [100, 300, 400, 500, 600] { window.accept(number) }
    #expect(window.verdict(on: 200) == .fresh)
    window.accept(700)
    #expect(window.verdict(on: 200) == .late)
  }

  @Test("memory grows with what is remembered, up to the window's size, and stays from then on")
  func memory() {
    var window = ReplayWindow<UInt64>(size: 2000)
    #expect(window.entries.capacity == 0)
    for number: UInt64 in 1...5 { window.accept(number) }
    #expect(window.entries.capacity < 40)
    for number: UInt64 in 6...2000 { window.accept(number) }
    let (capacity, address) = (window.entries.capacity, address(of: window.entries))
    #expect((2000..<2100).contains(capacity))
    for number: UInt64 in 1001...5000 { window.accept(2 * number) }
    for number: UInt64 in 4000...4500 { window.accept(2 * number + 1) }
    #expect(window.entries.capacity == capacity && self.address(of: window.entries) == address)
  }

  private func address(of numbers: [UInt64]) -> UInt { numbers.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }

  @Test("a window that is shrunk remembers the highest, takes nothing older, and grows again")
  func shrinking() {
    var window = ReplayWindow<UInt64>(size: 2000)
    for number: UInt64 in 1...2500 { window.accept(2 * number) }
    window.shrink(to: 64)
    #expect(window.entries.capacity < 100 && !window.isEmpty)
    for number: UInt64 in 2437...2500 { #expect(window.verdict(on: 2 * number) == .duplicate) }
    #expect(window.verdict(on: 2 * 2436) == .late && window.verdict(on: 2 * 2437 - 1) == .late)
    #expect(window.verdict(on: 4999) == .fresh && window.verdict(on: 5001) == .fresh)
    window.accept(4999)
    for number: UInt64 in 2501...6000 { window.accept(2 * number) }
    #expect(window.verdict(on: 4999) == .late && window.verdict(on: 2 * 4002 - 1) == .fresh)

    var sparse = ReplayWindow<UInt64>(size: 2000)
    sparse.accept(500)
    sparse.shrink(to: 64)
    #expect(sparse.verdict(on: 1) == .fresh, "few are all kept, and what may come with them")
  }

  @Test("what is below all that is remembered changes nothing, whoever accepts it all the same")
  func belowAll() {
    var window = ReplayWindow<UInt32>(size: 5)
    for number in UInt32(11)...15 { window.accept(number) }
    window.accept(3)
    #expect((11...15).allSatisfy { window.verdict(on: $0) == .duplicate } && window.verdict(on: 10) == .late)
  }
}
