package import Configuration

extension CheckRules {
  /// The device's MTU beside the largest that crosses the path in one piece, both in bytes. `actual` is nil while there
  /// is no device.
  package static func mtu(
    _ name: String, actual: Int?, setting: TunnelSettings.MTU?, best: Int, isRunning: Bool
  ) -> [Finding] {
    if case .bytes(let wanted) = setting, wanted > best {
      return [tooLarge("MTU=\(wanted) is too much for the path", best, cure: "MTU=auto, or MTU=\(best), on both sides")]
    }
    // What the start is going to change does not matter before.
    guard let actual, setting == nil || isRunning else { return [] }
    if actual <= best {
      return [Finding("mtu", .ok, "\(actual) bytes cross the path in one piece; at most \(best) would")]
    }
    return [tooLarge("\(name) has MTU \(actual)", best, cure: "MTU=auto, or: \(Cure.setMTU(of: name, to: best))")]
  }

  private static func tooLarge(_ what: String, _ best: Int, cure: String) -> Finding {
    Finding(
      "mtu", .warning, "\(what); at most \(best) bytes cross the path in one piece",
      why: "Longer packets travel in fragments, or are lost where fragments are.", cure: cure)
  }
}
