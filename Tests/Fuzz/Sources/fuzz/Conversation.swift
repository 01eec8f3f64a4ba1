import TunnelCore
import TunnelTesting

/// What a protocol keeps to, whoever holds the wire.
struct Promises: OptionSet {
  let rawValue: Int
  /// Only what a side has sealed is ever passed or consumed.
  static let isAuthentic = Promises(rawValue: 1)
  /// Nothing is passed to the side that sealed it.
  static let isDirected = Promises(rawValue: 2)
  /// From its start to its end a side takes no datagram twice.
  static let acceptsOnce = Promises(rawValue: 4)
  /// No packet comes out twice, even if the receiver was started again in between.
  static let deliversOnce = Promises(rawValue: 8)
  /// It works again when a side was restarted with its clock set back.
  static let recoversFromClocks = Promises(rawValue: 16)
}

/// Two sides of a tunnel and the network between them, which does what the input says:
///
///     S length    send a packet                  E  send an empty packet
///     D           deliver the oldest datagram    L  lose it       O  let it be overtaken by all others
///     C number    deliver a copy of any datagram, also to the side that sent it
///     F number position byte     deliver it changed     X number length  truncated     Y number length  extended
///     I length bytes             deliver these bytes
///     T seconds   let time pass and tick         W steps  set the wall clock     R  restart the side
///
/// In the end the network behaves: within ten seconds packets must pass both ways.
struct Conversation {
  private let protocolName: String
  private let promises: Promises
  private var sides: [Party]
  /// Datagrams on their way to each side.
  private var inFlight: [[[UInt8]]] = [[], []]
  /// Every datagram that was sent, oldest first, and by whom.
  private var archive: [[UInt8]] = []
  private var senders: [[UInt8]: Set<Int>] = [:]
  /// What each side has taken since it started.
  private var accepted: [Set<[UInt8]>] = [[], []]
  /// What was ever sent to each side, and what came out there.
  private var sent: [Set<[UInt8]>] = [[], []]
  private var delivered: [Set<[UInt8]>] = [[], []]
  private var packetCount: UInt32 = 0
  private var clockWasSet = false

  private static let mostSteps = 200
  private static let mostArchived = 64

  static func run(_ protocolName: String, promises: Promises, _ input: inout FuzzInput) {
    var conversation = Conversation(protocolName, promises)
    for _ in 0..<mostSteps {
      guard let instruction = input.nextInstruction() else { break }
      conversation.step(instruction, &input)
    }
    conversation.makePeace()
  }

  private init(_ protocolName: String, _ promises: Promises) {
    self.protocolName = protocolName
    self.promises = promises
    sides = (0...1).map { Party(protocolName, side: $0, clock: ManualClock()) }
    collect()
  }

  private mutating func step(_ instruction: FuzzInput.Instruction, _ input: inout FuzzInput) {
    let side = instruction.side
    switch instruction.letter {
    case "S": send(from: side, length: input.nextLength())
    case "E": send(from: side, length: 0)
    case "D": deliverOldest(to: side)
    case "L": if !inFlight[side].isEmpty { inFlight[side].removeFirst() }
    case "O": if !inFlight[side].isEmpty { inFlight[side].append(inFlight[side].removeFirst()) }
    case "C": if let datagram = archived(&input) { receive(datagram, at: side, from: Party.copyist) }
    case "F": forge(at: side, &input)
    case "X": if let datagram = archived(&input) { inject(Array(datagram.prefix(input.nextLength())), at: side) }
    case "Y": if let datagram = archived(&input) { inject(datagram + input.nextBytes(Int(input.nextByte())), at: side) }
    case "I": inject(input.nextBytes(input.nextLength()), at: side)
    case "T": pass(seconds: Int64(input.nextByte() & 0x7f) * (side == 0 ? 1 : 8))
    case "W": setClock(of: side, steps: Int64(Int8(bitPattern: input.nextByte())))
    case "R": restart(side)
    default: break
    }
    collect()
  }

  // MARK: The sides

  /// Sends a packet that no other packet is equal to, unless it is empty.
  private mutating func send(from side: Int, length: Int) {
    packetCount += 1
    var packet = [UInt8](repeating: UInt8(truncatingIfNeeded: length), count: length)
    if length > 0 {
      packet += (0..<4).map { UInt8(truncatingIfNeeded: packetCount >> (8 * $0)) } + [UInt8(side)]
      sent[1 - side].insert(packet)
    }
    sides[side].send(packet)
  }

  private mutating func restart(_ side: Int) {
    sides[side] = Party(protocolName, side: side, clock: sides[side].clock)
    accepted[side] = []
  }

  private mutating func pass(seconds: Int64) {
    for side in sides {
      side.clock.advance(seconds: seconds, nanoseconds: 1000)
      side.tick()
    }
  }

  private mutating func setClock(of side: Int, steps: Int64) {
    let clock = sides[side].clock
    clock.step(toUnixSeconds: max(0, clock.moment.unixSeconds + steps * 30))
    clockWasSet = true
  }

  /// Puts what the sides have sent onto the network and into the archive.
  private mutating func collect() {
    for side in 0...1 {
      for datagram in sides[side].transport.takeSent() {
        inFlight[1 - side].append(datagram.bytes)
        senders[datagram.bytes, default: []].insert(side)
        if archive.count < Self.mostArchived { archive.append(datagram.bytes) }
      }
    }
  }

  // MARK: The network

  private func archived(_ input: inout FuzzInput) -> [UInt8]? {
    let number = Int(input.nextByte() & 0x3f)
    return archive.isEmpty ? nil : archive[number % archive.count]
  }

  private mutating func deliverOldest(to side: Int) {
    guard !inFlight[side].isEmpty else { return }
    receive(inFlight[side].removeFirst(), at: side, from: Party.endpoint(of: 1 - side))
  }

  private mutating func forge(at side: Int, _ input: inout FuzzInput) {
    guard var datagram = archived(&input) else { return }
    let (position, change) = (Int(input.nextByte()), input.nextByte())
    if datagram.isEmpty { return }
    datagram[position % datagram.count] ^= change
    inject(datagram, at: side)
  }

  /// Delivers bytes that may or may not be a datagram which a side has sent.
  private mutating func inject(_ datagram: [UInt8], at side: Int) {
    receive(datagram, at: side, from: senders[datagram] == nil ? Party.forger : Party.copyist)
  }

  private mutating func receive(_ datagram: [UInt8], at side: Int, from endpoint: Endpoint) {
    let isAccepted = sides[side].receive(datagram, from: endpoint)
    if isAccepted {
      let origin = senders[datagram] ?? []
      if promises.contains(.isAuthentic) { check(!origin.isEmpty, "a forged datagram was taken") }
      if promises.contains(.isDirected) { check(origin.contains(1 - side), "a reflected datagram was taken") }
      let isNew = accepted[side].insert(datagram).inserted
      if promises.contains(.acceptsOnce) { check(isNew, "a datagram was taken twice") }
    }
    for packet in sides[side].takeWritten() { checkWritten(packet, at: side, datagram) }
  }

  private mutating func checkWritten(_ packet: [UInt8], at side: Int, _ datagram: [UInt8]) {
    if promises.contains(.isAuthentic) {
      check(sent[side].contains(packet) || sent[1 - side].contains(packet), "a packet that nobody sent")
    } else {
      check(packet == datagram, "a packet that is not its datagram")
    }
    if promises.contains(.isDirected) { check(sent[side].contains(packet), "a packet for the other side") }
    let isNew = delivered[side].insert(packet).inserted
    if promises.contains(.deliversOnce) { check(isNew, "a packet was delivered twice") }
  }

  // MARK: Peace

  /// Whatever has happened: once the network behaves, packets pass within ten seconds.
  private mutating func makePeace() {
    if clockWasSet && !promises.contains(.recoversFromClocks) { return }
    for _ in 0..<10 {
      pass(seconds: 1)
      deliverAll()
    }
    for side in 0...1 {
      let before = delivered[1 - side].count
      send(from: side, length: 100)
      deliverAll()
      check(delivered[1 - side].count == before + 1, "no packet passes from side \(side)")
    }
  }

  private mutating func deliverAll() {
    for _ in 0..<1000 {
      collect()
      if inFlight[0].isEmpty && inFlight[1].isEmpty { return }
      for side in 0...1 { deliverOldest(to: side) }
    }
    check(false, "two sides that never stop talking")
  }
}
