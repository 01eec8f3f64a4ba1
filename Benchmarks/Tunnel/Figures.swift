/// What is measured of one tunnel in one round. A figure that could not be had is missing.
struct Figures {
  enum Name: String, CaseIterable {
    case forward = "one TCP stream, Gb/s"
    case backward = "the other way, Gb/s"
    case four = "four TCP streams, Gb/s"
    case processor = "CPU seconds per GB"
    case packets = "64-byte UDP, thousand/s"
    case ping = "ping, ms"
    case memory = "resident memory, MB"

    var digits: Int {
      switch self {
      case .ping: 3
      case .packets, .memory: 1
      default: 2
      }
    }

    /// Whether more is better.
    var isSpeed: Bool { [.forward, .backward, .four, .packets].contains(self) }
  }

  var values: [Name: Double] = [:]
}

/// The same contestant's rounds.
struct Rounds {
  private(set) var all: [Figures] = []

  mutating func add(_ figures: Figures) { all.append(figures) }

  func median(_ name: Figures.Name) -> Double? {
    let sorted = all.compactMap { $0.values[name] }.sorted()
    if sorted.isEmpty { return nil }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
