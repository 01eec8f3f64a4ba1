/// Which states and transitions of the handshake were met, as the control datagrams show them.
package struct Coverage: Sendable {
  package init() {}

  package private(set) var counts: [String: Int] = [:]
  /// By side.
  private var last: [Int: String] = [:]

  mutating func note(_ announcement: Announcement, made: [Seals.Key: Seals.Made], of side: Side) {
    let names = made[announcement.sender].map { $0.side == side.index } ?? false
    let quoted = made[announcement.recipient]
    let quotes = quoted.map { $0.side == side.peerIndex ? "a key of the peer's" : "nothing" } ?? "nothing"
    let state = "\(names ? "" : "old: ")quotes \(quotes)\(announcement.isAcknowledgement ? ", acknowledges" : "")"
    counts["\(last[side.index] ?? "start") -> \(state)", default: 0] += 1
    last[side.index] = state
  }

  mutating func note(_ rule: Recovery.Case) { counts["recovery: \(rule.rawValue)", default: 0] += 1 }

  /// A line for each, with how often it was met.
  package var text: String {
    counts.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)" }.joined(separator: "\n")
  }

  package mutating func add(_ other: Coverage) { counts.merge(other.counts, uniquingKeysWith: +) }
}
