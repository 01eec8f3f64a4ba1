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
/// moving those above it. Memory grows with what is remembered, up to `size` numbers, and from then on nothing is
/// allocated. Inlinable throughout: it has to be specialised for its number in the protocols' modules, for unspecialised
/// generics allocate.
public struct ReplayWindow<Number: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  public enum Verdict: Sendable, Equatable {
    case fresh, duplicate, late
  }

  @usableFromInline let size: Int
  /// The remembered numbers, ascending from `entries[head]` on, then from the beginning up to there: when there are
  /// `size` of them the next one takes the place of the lowest. Until then `head` is 0.
  @usableFromInline var entries: [Number] = []
  @usableFromInline var head = 0
  /// The last of them, or `floor`.
  @usableFromInline package var highest: Number
  /// Stands in for numbers not yet remembered: nothing at or below it is fresh.
  @usableFromInline var floor: Number
  @usableFromInline let reach: Number

  /// A window of `size` numbers, all of them above `floor` and at most `reach` below the highest.
  @inlinable
  public init(size: Int, floor: Number = 0, reach: Number = .max) {
    precondition(size > 0)
    self.size = size
    self.floor = floor
    self.reach = reach
    highest = floor
  }

  /// Whether nothing has been accepted yet.
  @inlinable public var isEmpty: Bool { entries.isEmpty }

  @inlinable var isFull: Bool { entries.count == size }
  @inlinable var lowest: Number { isFull ? entries[head] : floor }

  /// The place in `entries` of the number that `rank` others are below.
  @inlinable
  func place(of rank: Int) -> Int {
    let place = head + rank
    return place < entries.count ? place : place - entries.count
  }

  /// Whether a number as high was accepted before.
  @inlinable public func isOvertaken(_ number: Number) -> Bool { number <= highest }

  /// What `accept` would mean for `number`. Changes nothing: ask before the tag is checked, accept after.
  @inlinable
  public func verdict(on number: Number) -> Verdict {
    number > highest ? .fresh : verdictOutOfOrder(on: number)
  }

  @inlinable
  func verdictOutOfOrder(on number: Number) -> Verdict {
    let rank = rank(of: number)
    if rank < entries.count && entries[place(of: rank)] == number { return .duplicate }
    if number == floor { return .duplicate }
    if highest - number > reach { return .late }
    return number > lowest ? .fresh : .late
  }

  /// Remembers a fresh number.
  @inlinable
  public mutating func accept(_ number: Number) {
    if number <= highest { return insertOutOfOrder(number) }
    highest = number
    if isFull { replaceLowest(number) } else { grow(inserting: number, at: entries.count) }
  }

  @inlinable
  mutating func replaceLowest(_ number: Number) {
    entries[head] = number
    forgetLowest()
  }

  /// Its place is the highest's now.
  @inlinable
  mutating func forgetLowest() { head = head + 1 < size ? head + 1 : 0 }

  /// Never beyond `size`, where an array left alone would double its memory once more.
  @inlinable
  mutating func grow(inserting number: Number, at place: Int) {
    if entries.count == entries.capacity { entries.reserveCapacity(min(size, max(16, 2 * entries.count))) }
    entries.insert(number, at: place)
  }

  @inlinable
  mutating func insertOutOfOrder(_ number: Number) {
    let rank = rank(of: number)
    guard isFull else { return grow(inserting: number, at: rank) }
    // Below all of them: late, which is not to be accepted.
    guard rank > 0 else { return }
    forgetLowest()
    var last = size - 1
    while last >= rank {
      entries[place(of: last)] = entries[place(of: last - 1)]
      last -= 1
    }
    entries[place(of: rank - 1)] = number
  }

  /// Forgets all but the `count` highest and gives their memory back. Nothing below those is fresh any more.
  @inlinable
  package mutating func shrink(to count: Int) {
    guard entries.count > count else { return }
    let kept = (entries.count - count..<entries.count).map { entries[place(of: $0)] }
    floor = kept.first ?? highest
    (entries, head) = (kept, 0)
  }

  /// How many of the remembered numbers are below `number`.
  @inlinable
  func rank(of number: Number) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[place(of: middle)] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
