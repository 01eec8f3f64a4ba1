import CLinux
import Glibc
import SystemPackage

/// epoll, level-triggered, with a small number of descriptors known by a token each.
package final class EventLoop {
  package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let readable = Interest(rawValue: EPOLLIN.rawValue)
    package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
  }

  /// Bits are tested as such: an option set's own operations allocate where they are not specialised.
  package struct Event: Sendable {
    package let token: UInt64
    private let bits: UInt32

    init(token: UInt64, bits: UInt32) {
      self.token = token
      self.bits = bits
    }

    /// There is something to read, or an error waits, which is reported whether asked for or not.
    package var isReadable: Bool { bits & (EPOLLIN.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }
    package var isWritable: Bool { bits & EPOLLOUT.rawValue != 0 }
  }

  private let epoll: OwnedDescriptor

  package init() throws(SystemCallError) {
    let descriptor = try named("epoll_create1") { () throws(Errno) in
      try retrying { epoll_create1(Int32(EPOLL_CLOEXEC)) }
    }
    epoll = OwnedDescriptor(adopting: descriptor)
  }

  package func add(_ descriptor: Int32, token: UInt64, _ interest: Interest) throws(SystemCallError) {
    try control(EPOLL_CTL_ADD, descriptor, token, interest)
  }

  package func change(_ descriptor: Int32, token: UInt64, _ interest: Interest) throws(SystemCallError) {
    try control(EPOLL_CTL_MOD, descriptor, token, interest)
  }

  private func control(
    _ operation: Int32, _ descriptor: Int32, _ token: UInt64, _ interest: Interest
  ) throws(SystemCallError) {
    var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
    let epoll = epoll.rawValue
    _ = try named("epoll_ctl") { () throws(Errno) in
      try retrying { unsafe epoll_ctl(epoll, operation, descriptor, &event) }
    }
  }

  /// Waits until something is ready, at most `milliseconds` (-1 for ever), and hands each event to `body`.
  package func wait(milliseconds: Int32, _ body: (Event) -> Void) throws(SystemCallError) {
    var events = unsafe InlineArray<8, epoll_event>(repeating: epoll_event())
    let epoll = epoll.rawValue
    let count = try named("epoll_wait") { () throws(Errno) in
      var span = unsafe events.mutableSpan
      return try unsafe span.withUnsafeMutableBufferPointer { buffer throws(Errno) in
        try retrying { unsafe epoll_wait(epoll, buffer.baseAddress, Int32(buffer.count), milliseconds) }
      }
    }
    for index in 0..<Int(count) {
      unsafe body(Event(token: events[index].data.u64, bits: events[index].events))
    }
  }
}
