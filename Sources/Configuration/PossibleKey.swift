import Sodium

/// What in a text could be a secret key, whatever setting, name, path or argument it stands in. A key mistyped or put in
/// the wrong place is as secret as one in the right place.
///
/// 1. A word (letters and digits) with 16 hexadecimal digits in a row, or of 24 and more characters that are nearly all
///    hexadecimal digits: a key, a part of one, one with a letter that is none.
/// 2. Such digits in groups, as `b9:49:66` or `b949 668e`: 40 of them and more, which no address has (IPv6: 32).
/// 3. The base64 of 32 bytes, which WireGuard's keys are: some 43 letters of both cases and digits in confusion.
///
/// A public key looks the same. Whoever has one to show says so.
package enum PossibleKey {
  /// Digits in a row.
  private static let shortestRun = 16
  /// Digits in groups.
  private static let shortestChain = 40
  /// 43 without padding, and a few lost.
  private static let shortestBase64 = 40
  private static let longestBase64 = 46

  package static func isIn(_ text: RawSpan) -> Bool { !ranges(in: text).isEmpty }

  /// Where in `text` (ASCII, or UTF-8), in order and apart. `known` are words that may be shown.
  package static func ranges(in text: RawSpan, but known: [String] = []) -> [Range<Int>] {
    let words = words(in: text, known)
    let digits = words.filter { $0.isKeyLike }.map(\.range) + chains(words, text)
    return merged(digits + base64(text, known))
  }

  // MARK: Hexadecimal

  /// A run of letters and digits.
  private struct Word {
    var range: Range<Int>
    var digits = 0
    var longestRun = 0
    var mayBeShown = false

    /// What continues groups of digits: more of them, or a name that was grown together with the first or the last.
    var continuesChain: Bool { isNearlyHexadecimal || !mayBeShown && longestRun >= 4 }
    /// All of it digits, or one mistake in eight.
    var isNearlyHexadecimal: Bool {
      let others = range.count - digits
      return !mayBeShown && others <= digits && others <= max(1, range.count / 8)
    }
    var isKeyLike: Bool {
      !mayBeShown && (longestRun >= PossibleKey.shortestRun || range.count >= 24 && isNearlyHexadecimal)
    }
  }

  private static func words(in text: RawSpan, _ known: [String]) -> [Word] {
    runs(of: isLetterOrDigit, in: text).map { range in
      var word = Word(range: range)
      var run = 0
      for index in range {
        run = isHexadecimal(byte(text, index)) ? run + 1 : 0
        word.digits += run > 0 ? 1 : 0
        word.longestRun = max(word.longestRun, run)
      }
      word.mayBeShown = isKnown(range, text, known)
      return word
    }
  }

  /// Groups of digits with one or two blanks, colons, hyphens or underscores between them.
  private static func chains(_ words: [Word], _ text: RawSpan) -> [Range<Int>] {
    var chains: [Range<Int>] = []
    var open: (range: Range<Int>, digits: Int)?
    func close() {
      if let open, open.digits >= shortestChain { chains.append(open.range) }
    }
    for word in words {
      let joined = open.map { $0.range.upperBound..<word.range.lowerBound }.map { gap in
        gap.count <= 2 && gap.allSatisfy { isSeparator(byte(text, $0)) }
      }
      if word.continuesChain, joined == true, let before = open {
        open = (before.range.lowerBound..<word.range.upperBound, before.digits + word.digits)
      } else {
        close()
        open = word.continuesChain ? (word.range, word.digits) : nil
      }
    }
    close()
    return chains
  }

  // MARK: base64

  /// In either alphabet (RFC 4648). A path is made of the same letters, so a long one is looked at name by name.
  private static func base64(_ text: RawSpan, _ known: [String]) -> [Range<Int>] {
    let plain = runs(of: { isLetterOrDigit($0) || $0 == 0x2b || $0 == 0x2f }, in: text)
    let forNames = runs(of: { isLetterOrDigit($0) || $0 == 0x2d || $0 == 0x5f }, in: text)
    let names = runs(of: { isLetterOrDigit($0) || $0 == 0x2b }, in: text)
    let candidates = plain.filter { $0.count <= longestBase64 } + forNames + names
    return candidates.filter { $0.count >= shortestBase64 && isConfused($0, text) && !isKnown($0, text, known) }
      .map { withPadding($0, text) }
  }

  /// Whether upper and lower case change too often for words, with digits among them. Of all base64 of 32 random bytes
  /// one in a thousand is not like that.
  private static func isConfused(_ range: Range<Int>, _ text: RawSpan) -> Bool {
    var (upper, lower, digits, changes) = (0, 0, 0, 0)
    var before: UInt8 = 0
    for index in range {
      let byte = byte(text, index)
      switch byte {
      case 0x41...0x5a: upper += 1
      case 0x61...0x7a: lower += 1
      case 0x30...0x39: digits += 1
      default: break
      }
      if isLetter(before) && isLetter(byte) && (before ^ byte) & 0x20 != 0 { changes += 1 }
      before = byte
    }
    return upper >= 4 && lower >= 4 && digits >= 1 && changes >= 5
  }

  private static func withPadding(_ range: Range<Int>, _ text: RawSpan) -> Range<Int> {
    var end = range.upperBound
    while end < text.byteCount && end < range.upperBound + 2 && byte(text, end) == 0x3d { end += 1 }
    return range.lowerBound..<end
  }

  // MARK: Bytes

  private static func byte(_ text: RawSpan, _ index: Int) -> UInt8 {
    unsafe text.unsafeLoad(fromByteOffset: index, as: UInt8.self)
  }

  /// The longest stretches of bytes that satisfy `belongs`.
  private static func runs(of belongs: (UInt8) -> Bool, in text: RawSpan) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    for index in 0..<text.byteCount {
      if belongs(byte(text, index)) {
        start = start ?? index
      } else if let begun = start {
        runs.append(begun..<index)
        start = nil
      }
    }
    return start.map { runs + [$0..<text.byteCount] } ?? runs
  }

  private static func isKnown(_ range: Range<Int>, _ text: RawSpan, _ known: [String]) -> Bool {
    known.contains { $0.utf8.count == range.count && zip(range, $0.utf8).allSatisfy { byte(text, $0) == $1 } }
  }

  private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
      if let last = merged.last, range.lowerBound < last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
  private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) }
  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }
  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x3a || byte == 0x2d || byte == 0x5f
  }
}
