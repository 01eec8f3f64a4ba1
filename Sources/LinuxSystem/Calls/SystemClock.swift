import Glibc
package import TunnelCore

/// The kernel's clocks, through the vDSO.
package final class SystemClock: Clock {
  package init() {}

  package func now() -> Moment {
    var monotonic = timespec()
    var realtime = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &monotonic)
    unsafe clock_gettime(CLOCK_REALTIME, &realtime)
    return Moment(
      monotonicNanoseconds: UInt64(monotonic.tv_sec) * 1_000_000_000 + UInt64(monotonic.tv_nsec),
      unixSeconds: Int64(realtime.tv_sec), unixNanoseconds: UInt32(realtime.tv_nsec))
  }
}
