import Diagnosis

extension CheckRules {
  /// Protocols that number by the clock need one that is right, or a directory to remember in (`isThere`). A clock that
  /// was never set shows a year long past.
  package static func clock(
    _ protocolName: String, isSet: Bool, stateDirectory: String, isThere: Bool
  ) -> Finding {
    if isSet { return Finding("clock", .ok, "The clock is set; \(protocolName)'s numbers follow it") }
    if isThere {
      return Finding(
        "clock", .warning, "The clock is years behind",
        why: "\(protocolName)'s numbers follow it; what they have come to is remembered in \(stateDirectory).",
        cure: "timedatectl set-ntp true")
    }
    return Finding("clock", .problem, ClockTrouble.unset(protocolName, directory: stateDirectory))
  }
}
