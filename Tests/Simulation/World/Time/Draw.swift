/// Numbers that a seed and what they are for determine. Each purpose has a stream of its own, so that a script from which
/// an event was taken draws the same for all others.
struct Draw: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64, _ purpose: Purpose, _ parts: UInt64...) {
    state = parts.reduce(mixed(seed ^ mixed(purpose.rawValue))) { mixed($0 ^ mixed($1 &+ 1)) }
  }

  enum Purpose: UInt64 { case script, keys, network, traffic, timing, attacker }

  /// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return mixed(state)
  }

  mutating func happens(_ percent: Double) -> Bool { percent > 0 && Double.random(in: 0..<100, using: &self) < percent }

  mutating func among<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &self)] }

  mutating func within(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

/// A number from which every bit of another follows, as good as at random.
func mixed(_ number: UInt64) -> UInt64 {
  var value = number
  value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
  value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
  return value ^ (value >> 31)
}
