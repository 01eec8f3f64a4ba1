package import Sodium

/// `text` as a terminal, a log or a program that reads one may have it: a question mark for each character that is not
/// seen but obeyed, and nothing that could be a key, but those of `keys`.
///
/// What is obeyed: C0 and C1 controls, of which U+009B alone begins an escape sequence; line and paragraph separators;
/// and formats, by which a text shows in another order than it is written (Unicode's categories Cc, Zl, Zp, Cf).
package func redacted(_ text: String, keys: [PublicKey] = []) -> String {
  withoutKeys(withoutControls(text), but: keys.map(\.description))
}

private func withoutControls(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "?"
        default: scalar
        }
      }))
}

private func withoutKeys(_ text: String, but known: [String]) -> String {
  let bytes = Array(text.utf8)
  let ranges = unsafe PossibleKey.ranges(in: bytes.span.bytes, but: known)
  var shown: [UInt8] = []
  var start = 0
  for range in ranges {
    shown += bytes[start..<range.lowerBound] + Array("(\(range.count) characters that could be a key)".utf8)
    start = range.upperBound
  }
  return String(decoding: shown + bytes[start...], as: UTF8.self)
}

/// The same for a value: it is not endless either.
package func printable(_ text: String) -> String {
  let shown = redacted(text)
  let longest = 200
  return shown.unicodeScalars.count > longest ? String(shown.unicodeScalars.prefix(longest)) + "..." : shown
}
