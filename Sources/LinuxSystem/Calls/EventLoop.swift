import CLinux
import Glibc
import SystemPackage
package import TunnelCore

/// Waits for whatever wants to be waited for: descriptors (epoll, level-triggered) and timers register themselves with
/// what is to be done, and the loop knows none of them. It belongs to one thread.
package final class EventLoop {
  package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let readable = Interest(rawValue: EPOLLIN.rawValue)
    package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
  }

  /// Bits are tested as such: an option set's own operations allocate where they are not specialised.
  package struct Event: Sendable {
    private let bits: UInt32

    init(bits: UInt32) { self.bits = bits }

    /// There is something to read, or an error waits, which is reported whether asked for or not.
    package var isReadable: Bool { bits & (EPOLLIN.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }
    package var isWritable: Bool { bits & EPOLLOUT.rawValue != 0 }
  }

  /// A descriptor that is waited for.
  package final class Source {
    fileprivate let descriptor: Int32
    fileprivate let token: UInt64
    fileprivate let body: (Event) throws -> Void

    fileprivate init(_ descriptor: Int32, _ token: UInt64, _ body: @escaping (Event) throws -> Void) {
      (self.descriptor, self.token, self.body) = (descriptor, token, body)
    }
  }

  private struct Timer {
    /// Nanoseconds of CLOCK_BOOTTIME.
    var due: UInt64
    var interval: UInt64
    var body: () throws -> Void
  }

  private let epoll: OwnedDescriptor
  private let clock: any Clock
  private var sources: [UInt64: Source] = [:]
  private var lastToken: UInt64 = 0
  private var timers: [Timer] = []

  package init(clock: any Clock) throws(SystemCallError) {
    let descriptor = try named("epoll_create1") { () throws(Errno) in
      try retrying { epoll_create1(Int32(EPOLL_CLOEXEC)) }
    }
    epoll = OwnedDescriptor(adopting: descriptor)
    self.clock = clock
  }

  // MARK: Who wants to be waited for

  /// Calls `body` whenever the descriptor, which stays open until it is removed, is what `interest` asks for.
  @discardableResult
  package func add(
    _ descriptor: Int32, _ interest: Interest = .readable, _ body: @escaping (Event) throws -> Void
  ) throws(SystemCallError) -> Source {
    lastToken += 1
    let source = Source(descriptor, lastToken, body)
    try control(EPOLL_CTL_ADD, source, interest)
    sources[source.token] = source
    return source
  }

  package func change(_ source: Source, _ interest: Interest) throws(SystemCallError) {
    try control(EPOLL_CTL_MOD, source, interest)
  }

  /// From here on `source` is not called any more, not even for what happened already.
  package func remove(_ source: Source) throws(SystemCallError) {
    sources[source.token] = nil
    try control(EPOLL_CTL_DEL, source, [])
  }

  /// Calls `body` at the next turn and then every `seconds`. What was missed, by a process that was stopped, is not made
  /// up for.
  package func every(seconds: UInt64, _ body: @escaping () throws -> Void) {
    timers.append(Timer(due: 0, interval: seconds * 1_000_000_000, body: body))
  }

  private func control(_ operation: Int32, _ source: Source, _ interest: Interest) throws(SystemCallError) {
    var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: source.token))
    let epoll = epoll.rawValue
    _ = try named("epoll_ctl") { () throws(Errno) in
      try retrying { unsafe epoll_ctl(epoll, operation, source.descriptor, &event) }
    }
  }

  // MARK: Waiting

  /// Calls the timers that are due; then waits until a descriptor is ready or a timer due, at most `milliseconds`, and
  /// calls whoever is concerned.
  package func turn(atMost milliseconds: Int32 = .max) throws {
    try callTimers()
    try wait(milliseconds: min(milliseconds, millisecondsToNextTimer))
  }

  private func callTimers() throws {
    let now = clock.now().monotonicNanoseconds
    for index in timers.indices where timers[index].due <= now {
      timers[index].due = now + timers[index].interval
      try timers[index].body()
    }
  }

  private var millisecondsToNextTimer: Int32 {
    guard let due = timers.lazy.map(\.due).min() else { return .max }
    let now = clock.now().monotonicNanoseconds
    return now >= due ? 0 : Int32(clamping: (due - now) / 1_000_000 + 1)
  }

  private func wait(milliseconds: Int32) throws {
    var events = unsafe InlineArray<8, epoll_event>(repeating: epoll_event())
    let epoll = epoll.rawValue
    let count = try named("epoll_wait") { () throws(Errno) in
      var span = unsafe events.mutableSpan
      return try unsafe span.withUnsafeMutableBufferPointer { buffer throws(Errno) in
        try retrying { unsafe epoll_wait(epoll, buffer.baseAddress, Int32(buffer.count), milliseconds) }
      }
    }
    for index in 0..<Int(count) {
      let event = unsafe events[index]
      try unsafe sources[event.data.u64]?.body(Event(bits: event.events))
    }
  }
}
