/// What somebody who wrote `name` probably meant, of `known`: the nearest by edit distance, if it is near.
func nearest(to name: String, in known: [String], atMost limit: Int = 3) -> String? {
  // Names of very different lengths are not near, and a stranger's may be endless.
  let known = known.filter { abs($0.utf8.count - name.utf8.count) <= limit }
  let distances = known.map { (name: $0, distance: editDistance(Array(name.utf8), Array($0.utf8))) }
  guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= min(limit, best.name.utf8.count / 2) ? best.name : nil
}

/// The reason of a complaint of something unknown that is near `name`.
func perhapsMeant(_ name: String) -> String { "Perhaps \(name) was meant." }

extension SettingsTable {
  /// The name of the setting that somebody who wrote `name` probably meant.
  package func near(_ name: String) -> String? { nearest(to: name.uppercased(), in: all.map(\.name)) }
}

/// Levenshtein's distance: how many letters to insert, delete or replace.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var row = Array(0...right.count)
  for (i, a) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in right.enumerated() {
      let substituted = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}
