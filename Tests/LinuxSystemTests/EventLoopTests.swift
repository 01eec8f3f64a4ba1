import Glibc
import LinuxSystem
import Testing
import TunnelTesting

/// On pipes of the real kernel, with a clock turned by hand.
@Suite("The event loop")
struct EventLoopTests {
  private let clock = ManualClock()
  private let loop: EventLoop

  init() throws { loop = try EventLoop(clock: clock) }

  /// Both ends of a pipe, which are open as long as the test.
  private final class Pipe {
    let reading: Int32
    let writing: Int32

    init() {
      var ends: [Int32] = [0, 0]
      _ = unsafe pipe(&ends)
      (reading, writing) = (ends[0], ends[1])
    }

    deinit {
      close(reading)
      close(writing)
    }

    func write() { _ = unsafe Glibc.write(writing, [1], 1) }

    func read() {
      var byte: UInt8 = 0
      _ = unsafe Glibc.read(reading, &byte, 1)
    }
  }

  @Test("calls who has something to read, and nobody else; again until it has been read")
  func readable() throws {
    let (one, two) = (Pipe(), Pipe())
    var calls = [0, 0]
    try loop.add(one.reading) { _ in calls[0] += 1 }
    try loop.add(two.reading) { event in calls[1] += event.isReadable ? 1 : 100 }
    try loop.turn(atMost: 0)
    #expect(calls == [0, 0])
    two.write()
    try loop.turn()
    try loop.turn()
    two.read()
    try loop.turn(atMost: 0)
    #expect(calls == [0, 2])
  }

  @Test("an interest can change, to writing and to nothing")
  func interest() throws {
    let pipe = Pipe()
    var events: [String] = []
    let source = try loop.add(pipe.writing, []) { events.append($0.isWritable ? "writable" : "other") }
    try loop.turn(atMost: 0)
    try loop.change(source, .writable)
    try loop.turn()
    try loop.change(source, [])
    try loop.turn(atMost: 0)
    #expect(events == ["writable"])
  }

  @Test("who was removed is not called, not even for what has happened already")
  func removed() throws {
    let pipes = [Pipe(), Pipe()]
    var calls = 0
    var sources: [EventLoop.Source] = []
    for pipe in pipes {
      pipe.write()
      sources.append(
        try loop.add(pipe.reading) { [loop] _ in
          calls += 1
          for source in sources { try loop.remove(source) }
        })
    }
    try loop.turn()
    #expect(calls == 1)
    try loop.turn(atMost: 0)
    #expect(calls == 1)
  }

  @Test("timers come at the first turn and then after their seconds; what was missed is not made up for")
  func timers() throws {
    var calls = [0, 0]
    loop.every(seconds: 1) { calls[0] += 1 }
    loop.every(seconds: 10) { calls[1] += 1 }
    for _ in 0..<11 {
      try loop.turn(atMost: 0)
      clock.advance(seconds: 1)
    }
    #expect(calls == [11, 2])
    clock.advance(seconds: 3600)
    try loop.turn(atMost: 0)
    try loop.turn(atMost: 0)
    #expect(calls == [12, 3])
  }

  @Test("what a body throws comes out of the turn")
  func errors() throws {
    struct Gone: Error {}
    let pipe = Pipe()
    pipe.write()
    try loop.add(pipe.reading) { _ in throw Gone() }
    #expect(throws: Gone.self) { try loop.turn() }
  }
}
