import Configuration
import Logging
import SystemPackage
import Synchronization
import Testing
import TunnelCore
import TunnelTesting

@testable import TunnelDaemon

/// What is said of a tunnel whose ends are memory.
@Suite("What the kernel refuses while a tunnel runs")
struct TroubleReporterTests {
  private static let peer = Endpoint(ipv4: 0xc000_0201, port: 2998)

  private let device = MemoryDevice()
  private let transport = MemoryTransport()
  private let lines = LoggedLines()
  private let clock = ManualClock()
  private let link: Link
  private let isUp = Mutexed(true)
  private let wayOut = Mutexed("eth0")

  init() {
    let format = SilentProtocol()
    link = Link(
      Session(TunnelProtocol(sealer: format, opener: format), peer: Self.peer, isFloating: false), device: device,
      transport: transport)
  }

  private func reporter(_ offload: TunnelSettings.Offload = .auto) -> TroubleReporter {
    var settings = TunnelSettings()
    settings.offload = offload
    settings.spellings["REMOTE_ADDRESS"] = "--remote-address 192.0.2.1"
    let (isUp, wayOut) = (isUp, wayOut)
    return TroubleReporter(
      settings, bestMTU: { path, _ in path - 48 },
      surroundings: .init(isUp: { _ in isUp.value }, interface: { _, _ in wayOut.value }),
      log: LimitedLog(lines.logger, clock: clock))
  }

  /// What is said in a second.
  private func look(_ reporter: TroubleReporter) -> [String] {
    reporter.look(at: TunnelSnapshot(of: link, at: clock.now()))
    clock.advance(seconds: 20)  // the log's limit is another test's
    return lines.take().map { String($0.prefix { $0 != "\n" }) }
  }

  @Test("each errno is said once, with the peer or the device")
  func once() {
    let reporter = reporter()
    #expect(look(reporter).isEmpty)
    transport.failures.count(Errno.connectionRefused.rawValue, times: 7)
    device.failures.count(Errno.invalidArgument.rawValue)
    let said = look(reporter)
    #expect(said == ["write memory: Invalid argument", "UDP to 192.0.2.1:2998: Connection refused"])
    transport.failures.count(Errno.connectionRefused.rawValue)
    #expect(look(reporter).isEmpty)
    transport.failures.count(Errno.networkUnreachable.rawValue)
    #expect(look(reporter) == ["UDP to 192.0.2.1:2998: Network is unreachable"])
  }

  @Test("a device that is down is worth a word only while it is, and again when it is up")
  func down() {
    let reporter = reporter()
    device.failures.count(Errno.ioError.rawValue)
    #expect(look(reporter).isEmpty, "it was down for a moment, and is up again")
    isUp.value = false
    device.failures.count(Errno.ioError.rawValue)
    #expect(look(reporter) == ["write memory: Input/output error"])
    #expect(look(reporter).isEmpty)
    isUp.value = true
    #expect(look(reporter) == ["memory is up again"])
    #expect(look(reporter).isEmpty)
  }

  @Test("what an end will not do is said once, and louder to who asked for it", arguments: [true, false])
  func refusals(isWanted: Bool) {
    let reporter = reporter(isWanted ? .on : .auto)
    transport.refusals = [Refusal("UDP_SEGMENT: Input/output error", consequence: "Slower.")]
    device.refusals = [Refusal("memory: the kernel refuses IFF_VNET_HDR", consequence: "Slower.")]
    reporter.look(at: TunnelSnapshot(of: link, at: clock.now()))
    #expect(lines.levels == [isWanted ? .warning : .notice, isWanted ? .warning : .notice])
    #expect(lines.take().first == "UDP_SEGMENT: Input/output error\n  Slower.")
    #expect(look(reporter).isEmpty)
  }

  @Test("a path that is said to be narrow: what it carries, and which MTU would fit")
  func narrow() {
    let reporter = reporter()
    transport.toldPathMTU = 1300
    transport.failures.count(Errno.messageTooLong.rawValue)
    reporter.look(at: TunnelSnapshot(of: link, at: clock.now()))
    let said = lines.take().joined()
    #expect(said.contains("carries 1300 bytes") && said.contains("MTU=1252 on both sides"))
    transport.forgedMessages = 3
    #expect(look(reporter) == ["UDP to 192.0.2.1:2998: a forged message is not heeded"])
    transport.forgedMessages = 4
    #expect(look(reporter).isEmpty)
  }

  @Test("a route to the peer that leads into the tunnel is told once for each time that it does")
  func loop() {
    let reporter = reporter()
    func tenSeconds() -> [String] { (0..<10).flatMap { _ in look(reporter) } }
    #expect(tenSeconds().isEmpty)
    wayOut.value = "memory"
    #expect(tenSeconds() == ["The route to the peer (192.0.2.1:2998) leads into the tunnel (memory)"])
    #expect(tenSeconds().isEmpty)
    wayOut.value = "eth0"
    #expect(tenSeconds().isEmpty)
    wayOut.value = "memory"
    #expect(tenSeconds().count == 1)
  }
}

/// What a test turns while something else looks at it.
final class Mutexed<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  var value: Value {
    get { mutex.withLock { $0 } }
    set { mutex.withLock { $0 = newValue } }
  }
}

/// A wire format that nothing passes.
final class SilentProtocol: PacketSealer, PacketOpener {
  let overhead = 0
  let headroom = 0
  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {}
  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {}
}
