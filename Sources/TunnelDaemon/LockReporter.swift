import Configuration
import LinuxSystem
import Logging
import ProtocolKit
import Sodium
import SystemPackage
import TunnelCore

/// Says once that the kernel does not lock the keys in memory: at the start, or later when keys are renewed.
final class LockReporter: Reporter {
  private let hasKeys: Bool
  private let log: Logger
  private var isSaid = false

  init(_ description: ProtocolDescription, _ log: Logger) {
    hasKeys = description.needsKeys
    self.log = log
  }

  func look(at snapshot: TunnelSnapshot) { look() }

  /// The first look is before there is a tunnel.
  func look() {
    guard hasKeys, !isSaid, let refusal = GuardedMemory.refusedLock else { return }
    isSaid = true
    log.warning("\(Self.complaint(refusal, limit: MemoryLocks.limit))")
  }

  /// `limit` is in bytes.
  private static func complaint(_ refusal: Int32, limit: UInt64) -> Complaint {
    Complaint(
      "Keys are not locked in memory: mlock: \(Errno(rawValue: refusal))",
      why: "RLIMIT_MEMLOCK is \(limit) bytes and CAP_IPC_LOCK is missing, so keys may get into swap space.",
      cure: "LimitMEMLOCK=8M in a systemd unit, ulimit -l 8192 in a shell; or CAP_IPC_LOCK.")
  }
}
