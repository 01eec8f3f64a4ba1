/// How much is looked at of a file in ifupdown's format and of those that it names: files name files, so a small one can
/// stand for millions. Far more than a host needs, and done within seconds.
struct InterfacesBounds {
  static let files = 1000
  /// Of all files together.
  static let bytes = 1 << 20
  /// Names in directories that wildcards were compared with.
  static let names = 100_000
  /// Files that name each other.
  static let depth = 16
  /// Stanzas with qt_ lines, and such lines in one.
  static let tunnels = 1000
  static let options = 100

  private(set) var bytesLeft = bytes
  private var namesLeft = names
  private var seen: Set<String> = []
  /// One for each bound that was reached.
  private(set) var findings: [Finding] = []
  private var told: Set<String> = []

  /// Whether the file is to be looked at: not if it is one too many, nor another time, as ifup does not either.
  mutating func admits(_ path: String) -> Bool {
    if seen.contains(path) { return false }
    guard seen.count < Self.files else { return stop("more than \(Self.files) files") }
    guard bytesLeft > 0 else { return stop("more than \(Self.bytes) bytes in all files") }
    seen.insert(path)
    return true
  }

  mutating func take(bytes: Int) { bytesLeft -= bytes }

  /// Whether names in a directory are to be compared.
  mutating func admits(names count: Int) -> Bool {
    guard count <= namesLeft else { return stop("more than \(Self.names) names in directories") }
    namesLeft -= count
    return true
  }

  mutating func admits(depth: Int) -> Bool {
    depth < Self.depth || stop("files name files more than \(Self.depth) deep")
  }

  private mutating func stop(_ fact: String) -> Bool {
    if told.insert(fact).inserted {
      findings.append(Finding("interfaces", .warning, "\(fact): the others are not looked at"))
    }
    return false
  }
}
