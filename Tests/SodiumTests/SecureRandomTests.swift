import Sodium
import Testing

@Suite("What must not be guessed")
struct SecureRandomTests {
  @Test("differs from call to call, in every bit")
  func calls() {
    var (one, other) = (SecureRandom(), SecureRandom())
    let numbers = (0..<200).flatMap { _ in [one.next(), other.next()] }
    #expect(Set(numbers).count == numbers.count)
    #expect(numbers.reduce(0, |) == .max && numbers.reduce(.max, &) == 0)
  }

  @Test("numbers of a range are all among it, and all come")
  func ranges() {
    var random = SecureRandom()
    #expect(Set((0..<500).map { _ in Int.random(in: 1...6, using: &random) }) == [1, 2, 3, 4, 5, 6])
  }
}
