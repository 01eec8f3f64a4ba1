import BuiltinProtocols
import Configuration
import Sodium

/// Settings of any content from any source: they are read or complained of, never trapped over, and no secret is told: no
/// message has 16 hexadecimal digits in a row, wherever they stood.
///
///     first line      the command line, words parted by blanks
///     lines with =    the environment
///     the rest, after an empty line      the file that `--config f` and PRIVATE_KEY_FILE=f name
enum SettingsFuzz {
  static func run(_ input: inout FuzzInput) {
    let bytes = input.rest()
    let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    func part(_ index: Int) -> ArraySlice<UInt8> { index < parts.count ? parts[index] : [] }
    let arguments = part(0).split(separator: UInt8(ascii: " ")).map(text)
    let environment = part(1).split(separator: UInt8(ascii: "\n")).map(text)
    let file = Array(part(2))
    let reading = SettingsReader.read(
      .init(arguments: arguments, environment: environment, protocols: builtinProtocols) {
        (path, limit) throws(FileProblem) in
        guard path == "f", file.count <= limit else { throw FileProblem("No such file or directory") }
        return ReadFile(contents: GuardedMemory(copying: file.span.bytes), othersMayRead: true)
      })
    check(reading, arguments.count)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> GivenText {
    let copy = Array(bytes)
    return GivenText(GuardedMemory(copying: copy.span.bytes))
  }

  private static func check(_ reading: SettingsReader.Reading, _ argumentCount: Int) {
    let settings = reading.settings
    fuzz.check(reading.secretArguments.allSatisfy { (0..<argumentCount).contains($0) }, "no such argument")
    if reading.complaints.isEmpty && reading.request == .run {
      fuzz.check(settings.protocolName != nil, "no complaint, and no protocol")
      let hasKeys = settings.privateKey != nil && settings.peerKey != nil
      fuzz.check(settings.protocolName == "raw" || hasKeys, "no complaint, and no keys")
    }
    fuzz.check((settings.interface?.utf8.count ?? 1) <= 15, "a name that the kernel would cut")
    fuzz.check((5...65536).contains(settings.replayWindow), "a window out of range")
    let texts = (reading.complaints + reading.warnings).map(\.description)
    fuzz.check(texts.allSatisfy(isHarmless), "what a terminal obeys in a message")
    fuzz.check(texts.allSatisfy { longestRun($0) < 16 }, "what could be a key in a message")
    // As scripts and `check` get it.
    if let secret = settings.privateKey, reading.complaints.isEmpty, let peer = settings.peerKey {
      let isShown = secret.hexDigits().withBytes { "\(peer)".utf8.elementsEqual(digits($0)) }
      fuzz.check(!isShown, "the secret as the peer's key")
    }
  }

  private static func digits(_ bytes: RawSpan) -> [UInt8] {
    (0..<bytes.byteCount).map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
  }

  private static func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      let category = scalar.properties.generalCategory
      return scalar == "\n" || category != .control && category != .format
    }
  }

  /// Hexadecimal digits in a row.
  private static func longestRun(_ text: String) -> Int {
    text.utf8.reduce(into: (run: 0, longest: 0)) { state, byte in
      let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
      state.run = isDigit ? state.run + 1 : 0
      state.longest = max(state.longest, state.run)
    }.longest
  }
}
