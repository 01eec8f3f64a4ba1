import Foundation

/// The medians as horizontal bars, in SVG.
struct Picture {
  let report: Report
  let panels: [Figures.Name] = [.forward, .processor, .packets]

  private static let rowHeight = 18
  private static let labelWidth = 250
  private static let barWidth = 190
  private static let panelGap = 60

  var svg: String {
    let rows = report.results
    let width = Self.labelWidth + panels.count * (Self.barWidth + Self.panelGap)
    let height = 50 + rows.count * Self.rowHeight + 10
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" font-family="sans-serif" \
      font-size="12"><rect width="100%" height="100%" fill="#fff"/>
      """
    ]
    for (index, row) in rows.enumerated() {
      let y = 50 + index * Self.rowHeight + 12
      lines.append(text(Self.labelWidth - 8, y, "\(row.contestant.group): \(row.contestant.name)", anchor: "end"))
    }
    for (panel, name) in panels.enumerated() {
      let x = Self.labelWidth + panel * (Self.barWidth + Self.panelGap)
      lines.append(text(x, 24, name.rawValue + (name.isSpeed ? "" : " (less is better)"), anchor: "start"))
      let most = rows.compactMap { $0.rounds.median(name) }.max() ?? 1
      for (index, row) in rows.enumerated() {
        guard let value = row.rounds.median(name) else { continue }
        let y = 50 + index * Self.rowHeight
        let length = max(1, Int(Double(Self.barWidth) * value / most))
        let colour = row.contestant.name.hasPrefix("this") ? "#f05138" : "#9aa5b1"
        lines.append(
          "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(length)\" height=\"\(Self.rowHeight - 4)\" fill=\"\(colour)\"/>")
        lines.append(text(x + length + 4, y + 12, String(format: "%.\(name.digits)f", value), anchor: "start"))
      }
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func text(_ x: Int, _ y: Int, _ words: String, anchor: String) -> String {
    "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\" fill=\"#222\">\(words.replacing("&", with: "&amp;"))</text>"
  }
}
