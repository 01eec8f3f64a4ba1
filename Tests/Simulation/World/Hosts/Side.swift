import Sodium
import TunnelCore

/// One end of one tunnel, and the process that runs it, as often as that is started.
final class Side {
  let index: Int
  /// "b2" is b's end of the tunnel to c.
  let name: String
  unowned let host: Host
  let program: Script.Program
  /// Whether the configuration names the other's address.
  let calls: Bool
  let port: UInt16
  let secret: SecretKey
  let device = MemoryDevice()
  let transport: MemoryTransport
  let file: StateFile?

  /// The running process; nil while there is none.
  var relay: Relay?
  var wireFormat: TunnelProtocol?
  /// How often it was started.
  var run = 0
  var startedAt: Time = 0
  var random: Draw
  var isAwake = false
  var trafficInterval: Time = 0
  /// Counts changes of the interval: what was planned before does not come.
  var trafficPlan = 0

  /// See `longTermKey`.
  var longTermShared: [UInt8]?
  // What is known of it from outside.
  var record = SideRecord()

  init(
    index: Int, name: String, host: Host, program: Script.Program, calls: Bool, port: UInt16, seed: UInt64,
    file: StateFile?
  ) {
    self.index = index
    self.name = name
    self.host = host
    self.program = program
    self.calls = calls
    self.port = port
    self.file = file
    random = Draw(seed, .keys, UInt64(index), 0)
    secret = SecretKey()
    // The original reads one at a time, and follows its peer after each.
    transport = MemoryTransport(Endpoint(ipv4: host.address, port: port), atOnce: program == .old ? 1 : .max)
  }

  /// The other end. The ends of a tunnel stand side by side.
  var peerIndex: Int { index ^ 1 }
  var tunnel: Int { index / 2 }
  /// Where its socket is, as its host sees it.
  var endpoint: Endpoint { Endpoint(ipv4: host.address, port: port) }
}

/// What was seen of a side.
struct SideRecord {
  /// The highest number that it has sealed under its long-term key: a stamp or a control time.
  var highestNumber: UInt128 = 0
  /// Of those, the highest that this run's peer has shown it.
  var highestAccepted: UInt128 = 0
  /// The last, as the wire numbers them, of the datagrams whose packets came out in this run.
  var newestDelivered = -1
  /// Whether its state file was ever lost, or replaced by an old copy; or lost what was written in the last half minute.
  var lostItsFile = false
  var lostWrites = false
  /// Whether its clock was behind what it had used, without its knowing so: then nonces may come twice, which nobody could
  /// help.
  var forgotItsTime = false
  /// Whether its clock was set back in this run.
  var wasSetBack = false
  /// The key that it has announced last in this run, and what the datagram that did showed of the handshake.
  var announced: Seals.Key?
  var state = ""
  /// When it sent control datagrams, read fresh ones of its peer's, and made key agreements, of late.
  var controlSent: [Time] = []
  var controlAsked: [Time] = []
  var agreements: [Time] = []
  /// Datagrams (as the wire numbers them) that were read in this run.
  var read: Set<Int> = []
  /// Those of the batch at work.
  var batch: [(datagram: Int?, from: Endpoint, isNew: Bool)] = []
  var tagChecks = 0
  /// Unix seconds that its clock showed at its start.
  var startSeconds: Int64 = 0
  /// Under which keys the packets of the batch at work were sealed.
  var sealed: [Seals.Pair?] = []
  /// Packets that were read from the device and have not left yet.
  var leaving: [Int] = []
}

/// One machine.
final class Host {
  let name: HostName
  let clock: HostClock
  let isBehindNAT: Bool
  let firstAddress: UInt32
  var address: UInt32
  var sides: [Side] = []
  var asleepUntil: Time = 0
  var isOff = false
  var moves: UInt32 = 0

  init(_ name: HostName, clock: HostClock, isBehindNAT: Bool) {
    self.name = name
    self.clock = clock
    self.isBehindNAT = isBehindNAT
    let number = UInt32(HostName.allCases.firstIndex(of: name) ?? 0) + 1
    // Of RFC 5737 and RFC 1918.
    firstAddress = (isBehindNAT ? 0x0a00_0000 : 0xc000_0200) + number
    address = firstAddress
  }
}
