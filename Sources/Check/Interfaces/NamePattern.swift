/// A file name with wildcards, as in `source interfaces.d/*.cfg`: `*` for any characters, `?` for one.
struct NamePattern {
  private let pattern: [Character]
  /// Characters that a name has to have at least.
  private let shortest: Int

  init(_ text: Substring) {
    // Some stars in a row are one.
    pattern = text.reduce(into: []) { if $1 != "*" || $0.last != "*" { $0.append($1) } }
    shortest = pattern.count { $0 != "*" }
  }

  static func isPattern(_ text: Substring) -> Bool { text.contains { $0 == "*" || $0 == "?" } }

  /// Goes back to the last star only: what an earlier one takes more, this one can take less. So the time is at most the
  /// name's length times the pattern's, where trying every star would double it with each.
  func matches(_ name: String) -> Bool {
    let name = Array(name)
    guard name.count >= shortest else { return false }
    var (here, there) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while here < name.count {
      if there < pattern.count, pattern[there] == "*" {
        star = (there, here)
        there += 1
      } else if there < pattern.count, pattern[there] == "?" || pattern[there] == name[here] {
        (here, there) = (here + 1, there + 1)
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        (here, there) = (last.name + 1, last.pattern + 1)
      } else {
        return false
      }
    }
    return pattern[there...].allSatisfy { $0 == "*" }
  }
}
