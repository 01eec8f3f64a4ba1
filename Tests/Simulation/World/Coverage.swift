/// Which states and transitions of the handshake were met, as the control datagrams show them, and which rules of recovery.
package struct Coverage: Sendable {
  package init() {}

  package private(set) var counts: [String: Int] = [:]
  /// A state of the handshake, and from which it was reached; nil for none: the process had just begun.
  mutating func note(_ state: String, after before: String?) {
    counts["handshake: \(before ?? "start") -> \(state)", default: 0] += 1
  }

  mutating func note(_ rule: Recovery.Case) { counts["recovery: \(rule.rawValue)", default: 0] += 1 }

  /// A line for each, with how often it was met.
  package var text: String {
    counts.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)" }.joined(separator: "\n")
  }

  package mutating func add(_ other: Coverage) { counts.merge(other.counts, uniquingKeysWith: +) }
}
