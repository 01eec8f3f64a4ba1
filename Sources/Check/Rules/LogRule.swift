package import Configuration

extension CheckRules {
  /// LOG_TO=syslog. `isThere` tells whether somebody listens.
  package static func log(_ settings: TunnelSettings, isThere: Bool) -> [Finding] {
    guard settings.logTarget == .syslog, !isThere else { return [] }
    return [
      Finding(
        "log", .warning, "\(settings.spelled("LOG_TO")): nobody listens at /dev/log",
        why: "What the tunnel says goes to standard error until somebody does.",
        cure: Cure.startSyslog)
    ]
  }
}
