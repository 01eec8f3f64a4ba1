import ProtocolKit

/// The file in which a side keeps how far its nonces have come: outlives the process, and the machine as far as the disk
/// has it.
final class StateFile: HighWaterMark, @unchecked Sendable {
  private struct Write {
    var value: UInt64
    var isOnDiskAt: Time
  }

  private let trueTime: () -> Time
  private var onDisk: UInt64?
  /// Written, but not on the disk yet, oldest first.
  private var writes: [Write] = []
  private var copy: UInt64?
  /// Whether this process has written to it.
  private var wasWritten = false

  /// What the kernel may take to write it (vm.dirty_expire_centisecs).
  private static let delay = Time.seconds(30)

  init(trueTime: @escaping () -> Time) { self.trueTime = trueTime }

  var value: UInt64? { writes.last?.value ?? onDisk }

  func raise(to value: UInt64) {
    settle()
    if wasWritten {
      writes.append(Write(value: value, isOnDiskAt: trueTime() + Self.delay))
    } else {
      replace(by: value)
    }
    wasWritten = true
  }

  private func replace(by value: UInt64?) { (onDisk, writes) = (value, []) }

  private func settle() {
    while let first = writes.first, first.isOnDiskAt <= trueTime() {
      onDisk = first.value
      writes.removeFirst()
    }
  }

  /// A new process opens it.
  func reopen() { wasWritten = false }

  /// The machine loses its power. Returns whether something had not reached the disk.
  func losePower() -> Bool {
    settle()
    defer { writes = [] }
    return !writes.isEmpty
  }

  /// Somebody makes a backup.
  func backUp() { copy = value }

  /// Somebody restores the backup, or, without one, deletes the file.
  func restore() { replace(by: copy) }

  func delete() { replace(by: nil) }
}
