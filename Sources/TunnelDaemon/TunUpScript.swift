import Configuration
import LinuxSystem
import Logging

/// TUN_UP_SCRIPT: run, and what came of it said. None of it ends the tunnel, which may have all it needs.
struct TunUpScript {
  private let settings: TunnelSettings
  private let log: Logger
  private let supervision: Supervision

  /// Seconds for a script to end that is asked to, and for what follows it.
  private static let margin = 10

  init(_ settings: TunnelSettings, _ log: Logger, _ supervision: Supervision) {
    self.settings = settings
    self.log = log
    self.supervision = supervision
  }

  /// Runs the script if there is one. Returns the signal that asked for the end meanwhile.
  func run(environment: [String], _ signals: SignalSource) throws -> Int32? {
    guard let script = settings.tunUpScript else { return nil }
    let seconds = settings.scriptTimeout
    supervision.waitsForScript(seconds: seconds + Self.margin)
    let outcome = try Script.run(script, environment: environment, atMost: seconds, signals) {
      log.notice("TUN_UP_SCRIPT runs")
    }
    switch outcome {
    case .ended(0): break
    case .ended(let status): log.warning("TUN_UP_SCRIPT ended with status \(status): \(script)")
    case .interrupted(let signal): return signal
    case .tookTooLong: log.warning("\(complaint(script, seconds))")
    }
    return nil
  }

  private func complaint(_ script: String, _ seconds: Int) -> Complaint {
    Complaint(
      "TUN_UP_SCRIPT did not end within \(seconds) s and was ended: \(script)",
      why: "The tunnel is operational only after it, so it may not take for ever.",
      cure: "What goes on beside the tunnel belongs in the background: COMMAND &. Or set SCRIPT_TIMEOUT.")
  }
}
