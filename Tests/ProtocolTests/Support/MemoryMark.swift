import ProtocolKit
import Synchronization

/// A high-water mark that outlives a protocol object, not the test.
final class MemoryMark: HighWaterMark {
  private let number: Mutex<(value: UInt64?, writes: Int)>

  init(_ value: UInt64? = nil) { number = Mutex((value, 0)) }

  var value: UInt64? { number.withLock { $0.value } }
  var writes: Int { number.withLock { $0.writes } }

  func raise(to value: UInt64) { number.withLock { $0 = (value, $0.writes + 1) } }
}
