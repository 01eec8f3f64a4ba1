/// Remembers the highest numbers that were accepted, so that none is accepted twice.
///
/// What quicktun does with five, for any number: equal to one of the remembered is a duplicate; not above the lowest
/// of them, when that many are remembered, is late; any other is fresh and replaces the lowest. So a packet passes
/// that fewer than `size` others have overtaken, however far apart their numbers are: a nacltai stamp jumps by
/// microseconds, which a bitmap could not follow.
///
/// Besides, nothing is fresh that is more than `reach` below the highest, however few are remembered.
///
/// Numbers that arrive in order cost O(1); one out of order costs a binary search and, once it has been accepted,
/// moving those above it. Inlinable throughout: it has to be specialised for its number in the protocols' modules, for
/// unspecialised generics allocate.
public struct ReplayWindow<Number: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  public enum Verdict: Sendable, Equatable {
    case fresh, duplicate, late
  }

  @usableFromInline let size: Int
  /// The remembered numbers, ascending, in `entries[first...]`. What stands before `first` has been forgotten.
  @usableFromInline var entries: [Number] = []
  @usableFromInline var first = 0
  /// Stands in for numbers not yet remembered: nothing at or below it is fresh.
  @usableFromInline let floor: Number
  @usableFromInline let reach: Number

  /// A window of `size` numbers, all of them above `floor` and at most `reach` below the highest.
  @inlinable
  public init(size: Int, floor: Number = 0, reach: Number = .max) {
    self.size = size
    self.floor = floor
    self.reach = reach
    entries.reserveCapacity(2 * size + 1)
  }

  /// Whether nothing has been accepted yet.
  @inlinable public var isEmpty: Bool { entries.isEmpty }

  @inlinable var lowest: Number { entries.count - first < size ? floor : entries[first] }

  /// What `accept` would mean for `number`. Changes nothing: ask before the tag is checked, accept after.
  @inlinable
  public func verdict(on number: Number) -> Verdict {
    if number > (entries.last ?? floor) { return .fresh }
    return verdictOutOfOrder(on: number)
  }

  @inlinable
  func verdictOutOfOrder(on number: Number) -> Verdict {
    let index = position(of: number)
    if index < entries.count && entries[index] == number { return .duplicate }
    if number == floor { return .duplicate }
    if let highest = entries.last, highest - number > reach { return .late }
    return number > lowest ? .fresh : .late
  }

  /// Remembers a fresh number.
  @inlinable
  public mutating func accept(_ number: Number) {
    if number > (entries.last ?? floor) { entries.append(number) } else { insertOutOfOrder(number) }
    if entries.count - first > size { first += 1 }
    if entries.count > 2 * size { forget() }
  }

  @inlinable
  mutating func insertOutOfOrder(_ number: Number) {
    entries.insert(number, at: position(of: number))
  }

  @inlinable
  mutating func forget() {
    entries.removeSubrange(..<first)
    first = 0
  }

  /// The index of the first remembered number that is not below `number`.
  @inlinable
  func position(of number: Number) -> Int {
    var low = first
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
