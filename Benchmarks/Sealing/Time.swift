import Glibc

/// Nanoseconds for one packet: the median of many batches, so that what else the machine does matters little.
struct Time {
  var seal: Double
  var open: Double

  static let packetsInBatch = 64
  /// About a quarter of a second for each packet size.
  static func batches(for length: Int) -> Int { max(20, 100_000_000 / (packetsInBatch * (length + 300))) }
}

/// CPU time of this thread, nanoseconds.
func processorNanoseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// How long `body` takes.
func timed(_ body: () -> Void) -> Double {
  let start = processorNanoseconds()
  body()
  return processorNanoseconds() - start
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
