/// How `quicktun run` ends, for whoever decides whether to start it again.
enum ExitStatus {
  /// The system did not let it: a device or a port is taken, a name cannot be looked up. Another try may succeed.
  static let failed: Int32 = 1
  /// The settings are wrong, so every other try would end like this one: EX_CONFIG of sysexits.h, which systemd shows as
  /// 78/CONFIG. quicktun@.service names it in RestartPreventExitStatus=.
  static let wrongSettings: Int32 = 78
}
