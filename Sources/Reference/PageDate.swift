import Foundation

/// The date of the pages, in mdoc's form: "November 21, 2026".
enum PageDate {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// That of SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/) if it is set: what is built
  /// twice from the same source is the same.
  static func text(otherwise fixed: String) -> String {
    guard let seconds = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap(Double.init) else {
      return fixed
    }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let date = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: seconds))
    guard let year = date.year, let month = date.month, let day = date.day else { return fixed }
    return "\(months[month - 1]) \(day), \(year)"
  }
}
