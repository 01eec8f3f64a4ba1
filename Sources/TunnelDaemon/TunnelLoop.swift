import LinuxSystem
import TunnelCore

/// One event loop for both directions of one tunnel, with its timer and its signals.
///
/// One thread: waking another for a lone packet costs more than sealing it. Nothing waits to fill a batch; while
/// there is more to do, both directions take turns, a batch each.
final class TunnelLoop {
  private enum Token: UInt64 {
    case device, transport, signals
  }

  private let events: EventLoop
  private let signals: SignalSource
  private let relay: Relay
  private let clock: any Clock
  private let device: Int32
  private let transport: Int32
  /// Called about once a second.
  private let onTick: () -> Void

  private var deviceIsReady = false
  private var transportIsReady = false
  /// Whether the socket was full: until it can be written to again, the device is not read.
  private var isBlocked = false
  private var wish: SignalRequest?
  private var nextTick: UInt64 = 0

  private static let tickNanoseconds: UInt64 = 1_000_000_000
  /// Batches of each direction between two looks at signals and timers.
  private static let mostRounds = 16

  init(
    relay: Relay, clock: any Clock, device: Int32, transport: Int32, signals: SignalSource,
    onTick: @escaping () -> Void
  ) throws(SystemCallError) {
    let events = try EventLoop()
    try events.add(device, token: Token.device.rawValue, .readable)
    try events.add(transport, token: Token.transport.rawValue, .readable)
    try events.add(signals.rawValue, token: Token.signals.rawValue, .readable)
    self.events = events
    self.signals = signals
    self.relay = relay
    self.clock = clock
    self.device = device
    self.transport = transport
    self.onTick = onTick
  }

  /// Runs until a signal asks for something; returns what, and can be run again. Throws when the device is gone.
  func run() throws -> SignalRequest {
    while true {
      try tickIfDue()
      try wait()
      if let wish = wish.take() { return wish }
      try relayBatches()
    }
  }

  private func tickIfDue() throws {
    let now = clock.now().monotonicNanoseconds
    guard now >= nextTick else { return }
    nextTick = now + Self.tickNanoseconds
    try relay.tick()
    onTick()
  }

  private func wait() throws(SystemCallError) {
    let now = clock.now().monotonicNanoseconds
    let milliseconds = now >= nextTick ? 0 : Int32((nextTick - now) / 1_000_000) + 1
    try events.wait(milliseconds: milliseconds) { event in
      switch Token(rawValue: event.token) {
      case .device: deviceIsReady = true
      case .transport:
        if event.isReadable { transportIsReady = true }
        if event.isWritable { deviceIsReady = true }
      case .signals: wish = signals.next()
      case nil: break
      }
    }
  }

  private func relayBatches() throws {
    for _ in 0..<Self.mostRounds where transportIsReady || deviceIsReady {
      if transportIsReady { transportIsReady = try relay.relayInbound() == .more }
      if deviceIsReady { try relayOutbound() }
    }
    // epoll is level-triggered: what is left is reported again.
    transportIsReady = false
    deviceIsReady = false
  }

  private func relayOutbound() throws {
    let progress = try relay.relayOutbound()
    deviceIsReady = progress == .more
    let blocked = progress == .blocked
    if blocked != isBlocked {
      isBlocked = blocked
      try events.change(device, token: Token.device.rawValue, blocked ? [] : .readable)
      try events.change(transport, token: Token.transport.rawValue, blocked ? [.readable, .writable] : .readable)
    }
  }
}
