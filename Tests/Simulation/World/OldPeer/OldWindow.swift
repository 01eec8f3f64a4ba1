import TunnelCore

/// The original's idea of a replay: it remembers the five highest numbers, which begin as five times the same.
struct OldWindow<Number: Comparable> {
  private var numbers: [Number]

  init(_ start: Number) { numbers = Array(repeating: start, count: 5) }

  func refusal(of number: Number) -> OldRefusal? {
    if numbers.contains(number) { return OldRefusal(.duplicate) }
    return numbers.allSatisfy { number < $0 } ? OldRefusal(.late) : nil
  }

  /// `number` takes the place of the lowest.
  mutating func remember(_ number: Number) {
    guard let lowest = numbers.indices.min(by: { numbers[$0] < numbers[$1] }) else { return }
    numbers[lowest] = number
  }
}
