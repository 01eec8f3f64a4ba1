import SystemPackage
import TunnelCore

/// Which neighbouring datagrams leave in one call, for the kernel or the card to cut apart again (udp(7), UDP_SEGMENT;
/// Linux 4.18): equal in length and endpoint, only the last may be shorter.
struct Segmentation {
  /// UDP_MAX_SEGMENTS of older kernels, and the most payload that one UDP datagram over IPv4 has.
  static let mostSegments = 64
  static let mostBytes = 65_507

  /// Seconds after which what was refused is tried again: a path may be narrow for a while only, or seem so.
  static let patience: UInt64 = 120

  /// Datagrams of this many bytes or more are sent one by one.
  private var limit: Int
  /// Monotonic seconds at which there is no such limit again; nil if there is none now, or for good.
  private var recovery: UInt64?
  /// Monotonic seconds, as of the last tick.
  private var second: UInt64 = 0
  /// What the kernel said when it first refused to cut.
  private(set) var refusal: Refusal?

  init(isOn: Bool) { limit = isOn ? Self.mostBytes : 0 }

  /// Neighbours that leave together: the slot after the last of them, and how many there are.
  struct Run: Equatable {
    var end: Int
    var count: Int
  }

  /// The longest run from slot `first`, of at most `mostSlots` datagrams. Slots that did not pass are stepped over.
  func run(in datagrams: borrowing PacketBatch, from first: Int, mostSlots: Int) -> Run {
    let size = datagrams.length(of: first)
    let endpoint = datagrams.endpoint(of: first)
    var run = Run(end: first + 1, count: 1)
    guard size > 0 && size < limit else { return run }
    var bytes = size
    var last = size
    for slot in first + 1..<datagrams.count where datagrams.state(of: slot) == .passed {
      let length = datagrams.length(of: slot)
      bytes += length
      guard
        last == size, length > 0, length <= size, bytes <= Self.mostBytes,
        run.count < min(Self.mostSegments, mostSlots), datagrams.endpoint(of: slot) == endpoint
      else { break }
      run = Run(end: slot + 1, count: run.count + 1)
      last = length
    }
    return run
  }

  /// Whether the refusal of a run says that it must not be cut; then such runs are sent one by one from now on.
  ///
  /// EIO: the device cannot finish checksums; for good. EINVAL, EMSGSIZE: a segment is over the path's MTU, where a
  /// plain datagram would be fragmented; for that size and above, and for two minutes.
  mutating func takesBlame(for error: Errno, segmentSize: Int) -> Bool {
    switch error {
    case .ioError:
      limit = 0
      recovery = nil
    case .invalidArgument, .messageTooLong:
      limit = min(limit, segmentSize)
      recovery = second + Self.patience
    default: return false
    }
    if refusal == nil { refusal = Self.refusal(error) }
    return true
  }

  private static func refusal(_ error: Errno) -> Refusal {
    let howLong = error == .ioError ? "from now on" : "until the path takes them together again"
    return Refusal("UDP_SEGMENT: \(error)", consequence: "Datagrams leave one by one \(howLong), which is slower.")
  }

  /// To be called about once a second.
  mutating func tick(at second: UInt64) {
    self.second = second
    if let recovery, second >= recovery { recover() }
  }

  /// Lets go of what passes: the path is another one, or as wide as before.
  mutating func recover() {
    guard recovery != nil else { return }
    limit = Self.mostBytes
    recovery = nil
  }
}
