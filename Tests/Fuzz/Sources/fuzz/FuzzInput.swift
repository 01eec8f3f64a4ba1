import FuzzDriver

/// An input, read as a program: every byte is an instruction or an operand of one.
///
/// An instruction is a byte's low five bits, that is, a letter; a capital speaks of side 0 and a small letter of side 1.
/// So seeds can be written and failures be read as text.
struct FuzzInput {
  struct Instruction {
    let letter: Character
    let side: Int
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  mutating func nextInstruction() -> Instruction? {
    if isAtEnd { return nil }
    let byte = nextByte()
    return Instruction(letter: Character(Unicode.Scalar(byte & 31 | 64)), side: Int(byte >> 5 & 1))
  }

  /// The next operand; zero at the end.
  mutating func nextByte() -> UInt8 {
    if isAtEnd { return 0 }
    defer { position += 1 }
    return bytes[position]
  }

  /// Up to `count` bytes: as many as there are.
  mutating func nextBytes(_ count: Int) -> [UInt8] {
    let end = min(position + count, bytes.count)
    defer { position = end }
    return Array(bytes[position..<end])
  }

  mutating func rest() -> [UInt8] { nextBytes(bytes.count) }

  /// One of `choices`, which a digit names: 0 the first, 1 the second ...
  mutating func choose<Choice>(_ choices: [Choice]) -> Choice {
    choices[Int(nextByte() & 15) % choices.count]
  }

  /// A packet's length: mostly small, sometimes up to the largest that fits a datagram.
  mutating func nextLength() -> Int {
    let byte = Int(nextByte())
    return byte < 224 ? byte : (byte - 224) * 2112
  }
}

/// A promise that must hold whatever the input.
func check(_ promise: Bool, _ text: @autoclosure () -> String) { FuzzDriver.check(promise, text()) }
