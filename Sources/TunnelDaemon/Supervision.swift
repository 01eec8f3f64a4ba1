package import LinuxSystem
import TunnelCore

/// What whoever started the tunnel gets to hear of it: when it is up, what it does, that it lives, that it ends.
package final class Supervision {
  private let manager: ServiceManager?
  private let output: LogOutput
  private var status = ""
  private var nextStatus: UInt64 = 0

  /// Seconds between two status texts, if they differ.
  private static let statusInterval: UInt64 = 10

  package init(_ manager: ServiceManager?, _ output: LogOutput) {
    self.manager = manager
    self.output = output
  }

  /// A start that waits for the user's script for at most `seconds` is none that hangs.
  func waitsForScript(seconds: Int) { manager?.takesLonger(seconds: seconds, status: "TUN_UP_SCRIPT runs") }

  func isOperational(_ startLine: String) {
    manager?.isReady(status: startLine)
    output.isOperational()
  }

  /// `reason` is one line.
  package func hasFailed(_ reason: String) { manager?.hasFailed(status: reason) }

  func isStopping() { manager?.isStopping() }

  /// To be called about once a second.
  func look(_ facts: TunnelFacts, at snapshot: TunnelSnapshot) {
    guard let manager else { return }
    let now = snapshot.now
    manager.isAlive(at: now.monotonicNanoseconds)
    guard now.monotonicSeconds >= nextStatus else { return }
    nextStatus = now.monotonicSeconds + Self.statusInterval
    let text = facts.report(snapshot)
    if text != status { manager.has(status: text) }
    status = text
  }
}
