import Configuration
import Sodium

/// A file in ifupdown's format (interfaces(5)), as far as a tunnel is concerned, and the files that it names.
struct InterfacesFile {
  struct Option: Equatable {
    var name: String
    var value: String
    var line: Int
  }

  struct Stanza: Equatable {
    var file: String
    var line: Int
    var interface: String
    var family: String
    var method: String
    var options: [Option] = []

    var place: String { "\(file):\(line): iface \(interface)" }
    func option(_ name: String) -> Option? { options.first { $0.name == name } }
  }

  /// An interface's mention on an `auto` or `allow-hotplug` line, in the order of the files.
  struct Automatic: Equatable {
    var file: String
    var line: Int
    var interface: String
  }

  private(set) var stanzas: [Stanza] = []
  private(set) var automatic: [Automatic] = []
  private var fileFindings: [Finding] = []
  /// Files that every user may read.
  private(set) var readableFiles: Set<String> = []

  private let read: FileReader
  private let names: (_ directory: String) -> [String]
  private var depth = 0
  private var bounds = InterfacesBounds()

  /// Files that could not be read, or that others can change; and what was not looked at.
  var findings: [Finding] { fileFindings + bounds.findings }

  init(_ path: String, read: @escaping FileReader, names: @escaping (String) -> [String]) {
    self.read = read
    self.names = names
    parse(path)
  }

  /// Nil if it cannot be read, or is one too many.
  private mutating func text(of path: String) -> String? {
    guard bounds.admits(path) else { return nil }
    do throws(FileProblem) {
      let file = try read(path, bounds.bytesLeft)
      bounds.take(bytes: file.contents.count)
      if file.othersMayRead { readableFiles.insert(path) }
      if !file.writers.isEmpty {
        fileFindings.append(
          Finding(
            "interfaces", .warning, "\(path): \(file.writers.fact)", why: "What ifup runs as root stands in it.",
            cure: file.writers.cure(path)))
      }
      return file.contents.withBytes { bytes in
        String(
          decoding: (0..<bytes.byteCount).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) },
          as: UTF8.self)
      }
    } catch {
      fileFindings.append(Finding("interfaces", .problem, "\(path): \(error.reason)"))
      return nil
    }
  }

  private mutating func parse(_ path: String) {
    guard let text = text(of: path) else { return }
    var isInStanza = false
    for (number, line) in Self.logicalLines(text) {
      let words = line.split(separator: " ").map(String.init)
      guard let keyword = words.first else { continue }
      switch keyword {
      case "iface" where words.count >= 2:
        stanzas.append(
          Stanza(
            file: path, line: number, interface: words[1], family: words.count > 2 ? words[2] : "",
            method: words.count > 3 ? words[3] : ""))
        isInStanza = true
      case "auto":
        automatic += words.dropFirst().map { Automatic(file: path, line: number, interface: $0) }
        isInStanza = false
      case "source", "source-directory":
        isInStanza = false
        if words.count == 2 { follow(words[1], isDirectory: keyword == "source-directory", from: path) }
      case "mapping", "rename", "no-auto-down", "no-scripts", "template": isInStanza = false
      default:
        if keyword.hasPrefix("allow-") {
          isInStanza = false
        } else if isInStanza {
          let value = line.dropFirst(keyword.count).drop { $0 == " " }
          stanzas[stanzas.count - 1].options.append(Option(name: keyword, value: String(value), line: number))
        }
      }
    }
  }

  /// Lines without comments and blanks around them, with the number of their first line; a backslash at the end joins.
  private static func logicalLines(_ text: String) -> [(Int, String)] {
    var lines: [(Int, String)] = []
    var open: (Int, String)?
    // By bytes: as a Character CR LF is one, and no newline.
    for (index, raw) in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      var line = String(decoding: raw.map { $0 == 0x09 || $0 == 0x0d ? 0x20 : $0 }, as: UTF8.self)
      line = String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      if open == nil && line.hasPrefix("#") { continue }
      let continues = line.hasSuffix("\\")
      if continues { line.removeLast() }
      // Appended in place: a line may go on for as long as the file does.
      if open == nil { open = (index + 1, line) } else { open?.1 += line }
      if !continues, let whole = open {
        lines.append(whole)
        open = nil
      }
    }
    if let open { lines.append(open) }
    return lines
  }

  /// Files that are named by another, in the order of their names. Wildcards may stand in the last component.
  private mutating func follow(_ target: String, isDirectory: Bool, from path: String) {
    guard bounds.admits(depth: depth) else { return }
    depth += 1
    defer { depth -= 1 }
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let full = target.hasPrefix("/") ? target : folder + "/" + target
    if isDirectory {
      // Only names of letters, digits, _ and -, as run-parts(8) takes them.
      follow(names(full), in: full) { $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" } }
      return
    }
    let components = full.split(separator: "/", omittingEmptySubsequences: false)
    guard let last = components.last, NamePattern.isPattern(last) else { return parse(full) }
    let directory = components.dropLast().joined(separator: "/")
    let pattern = NamePattern(last)
    follow(names(directory), in: directory) { !$0.hasPrefix(".") && pattern.matches($0) }
  }

  private mutating func follow(_ names: [String], in directory: String, where isMeant: (String) -> Bool) {
    guard bounds.admits(names: names.count) else { return }
    for name in names.filter(isMeant).sorted() { parse(directory + "/" + name) }
  }
}
