/// Whoever tells of a tunnel while it runs.
protocol Reporter: AnyObject {
  /// Called about once a second.
  func look(at snapshot: TunnelSnapshot)
}
