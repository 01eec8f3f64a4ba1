import CLinux
import Glibc

/// How much memory this process may lock against being swapped out (RLIMIT_MEMLOCK).
package enum MemoryLocks {
  /// What Linux gives every process since 5.16. Secrets share pages (GuardedRegion), so it is enough for many peers.
  private static let wanted: rlim_t = 8 << 20

  /// Bytes.
  package static var limit: UInt64 { UInt64(current().rlim_cur) }

  static var areEnough: Bool { limit >= wanted }

  /// Raises the limit as far as that is allowed. Keys that are made after privileges went are under it too.
  package static func raiseLimit() {
    let limits = current()
    if limits.rlim_cur >= wanted { return }
    // Beyond the hard limit it takes CAP_SYS_RESOURCE.
    if set(rlimit(rlim_cur: wanted, rlim_max: max(wanted, limits.rlim_max))) { return }
    _ = set(rlimit(rlim_cur: min(wanted, limits.rlim_max), rlim_max: limits.rlim_max))
  }

  private static let resource = __rlimit_resource_t(UInt32(clinux_rlimit_memlock()))

  private static func current() -> rlimit {
    var limits = rlimit()
    _ = unsafe getrlimit(resource, &limits)
    return limits
  }

  private static func set(_ limits: rlimit) -> Bool {
    var limits = limits
    return unsafe setrlimit(resource, &limits) == 0
  }
}
