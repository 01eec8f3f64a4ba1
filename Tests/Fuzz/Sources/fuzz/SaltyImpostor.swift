import Sodium
import TunnelCore
import TunnelTesting

/// What stands behind salty's authentication: side 0 is the real thing, side 1 holds the right long-term key and says
/// whatever the input makes it say. It lays out datagrams by itself, from the wire format's description alone.
///
///     C flags sender nonce quote time accepted surplus    a control datagram made of sensible parts
///     P time payload(121)                                 a control datagram of any payload
///     H                                                   the control datagram that an honest side would send
///     D ids key quote counter(2) length                   a data datagram
///     S length                                            side 0 sends a packet
///     T seconds                                           let time pass and tick
struct SaltyImpostor {
  private let victim = Party("salty", side: 0, clock: ManualClock())
  private let control = Box(FixedKey.secrets[1], FixedKey.publics[0])
  private let isGreater = FixedKey.publics[1] > FixedKey.publics[0]

  /// Ephemeral pairs whose secrets are known here: what the victim seals must open under one of them.
  private static let pairs = [SecretKey(repeating: 0x61), SecretKey(repeating: 0x62)].map { ($0, $0.publicKey) }
  /// Keys that libsodium refuses (RFC 7748, section 7; https://cr.yp.to/ecdh.html#validate).
  private static let lowOrder = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  ].map { hex in
    do { return try PublicKey(hex: hex) } catch { fatalError("\(error)") }
  }

  /// What the victim has announced, oldest first.
  private var announcements: [ControlPayload] = []
  private var heardTime: UInt64 = 0
  private var ownTime: UInt64
  /// The last control datagram that the victim took, and what data it has taken since.
  private var taken: ControlPayload?
  private var takenTime: UInt64?
  private var acceptedData: Set<[UInt8]> = []
  /// The counter of the last datagram that the victim sealed under each of its keys.
  private var counters: [[UInt8]: UInt32] = [:]
  /// How many announcements an honest side has made: each has a nonce of its own.
  private var honestCount: UInt8 = 0

  static func run(_ input: inout FuzzInput) {
    var impostor = SaltyImpostor()
    impostor.listen()
    for _ in 0..<100 {
      guard let instruction = input.nextInstruction() else { break }
      impostor.step(instruction, &input)
      impostor.listen()
    }
    impostor.makePeace()
  }

  private init() { ownTime = UInt64(victim.clock.moment.unixSeconds) << 8 }

  private mutating func step(_ instruction: FuzzInput.Instruction, _ input: inout FuzzInput) {
    switch instruction.letter {
    case "C": sendControl(sensiblePayload(&input).bytes, &input)
    case "P":
      let head = input.nextBytes(ControlPayload.byteCount)
      sendControl(head + [UInt8](repeating: 0, count: ControlPayload.byteCount - head.count), &input)
    case "H": sendHonest()
    case "D": sendData(&input)
    case "S": victim.send([UInt8](repeating: 0x53, count: input.nextLength()))
    case "T":
      victim.clock.advance(seconds: Int64(input.nextByte() & 0x7f) * (instruction.side == 0 ? 1 : 8))
      victim.tick()
    default: break
    }
  }

  // MARK: Speaking

  private func sensiblePayload(_ input: inout FuzzInput) -> ControlPayload {
    let flags = input.nextByte()
    let latest = announcements[announcements.count - 1]
    let keys = Self.pairs.map(\.1) + [latest.senderKey] + Self.lowOrder
    let nonces: [[UInt8]] = [
      Self.nonce(1), Self.nonce(2), latest.senderNonce, [UInt8](repeating: 0xff, count: 24),
    ]
    let key = input.choose(keys)
    let nonce = input.choose(nonces)
    let quoted = input.choose([latest, announcements[0], announcements[announcements.count / 2], Self.nothing])
    return ControlPayload(
      flags: flags, senderKey: key, senderNonce: nonce, recipientKey: quoted.senderKey,
      recipientNonce: quoted.senderNonce,
      acceptedTime: input.choose([heardTime, 0, ownTime, heardTime &+ 1_000_000]))
  }

  /// A base nonce, whose last four bytes are zero on the wire.
  private static func nonce(_ byte: UInt8) -> [UInt8] {
    [UInt8](repeating: byte, count: 20) + [0, 0, 0, 0]
  }

  private static let nothing = ControlPayload([UInt8](repeating: 0, count: ControlPayload.byteCount))

  private mutating func sendControl(_ payload: [UInt8], _ input: inout FuzzInput) {
    let time = input.choose([ownTime &+ 1, ownTime, ownTime &- 1, ownTime &+ 100_000, 0, .max - 1, .max])
    sendControl(payload + input.nextBytes(Int(input.nextByte() & 7)), time: time)
  }

  private mutating func sendControl(_ payload: [UInt8], time: UInt64) {
    let nonce = [isGreater ? 1 : 0] + [UInt8](repeating: 0, count: 15) + bigEndian(time)
    let datagram = [0x80] + bigEndian(time) + control.seal(payload, nonce: nonce)
    guard victim.receive(datagram, from: Party.endpoint(of: 1)) else { return }
    if let takenTime { check(time > takenTime, "a control datagram was taken whose time is not above the last") }
    takenTime = time
    ownTime = max(ownTime, time)
    let message = ControlPayload(Array(payload.prefix(ControlPayload.byteCount)))
    check(!Self.lowOrder.contains(message.senderKey), "a key of low order was taken")
    // A key announced anew, under another number or nonce, may bring data again; the honest never do that.
    if message.senderKey != taken?.senderKey || message.senderNonce != taken?.senderNonce
      || message.flags & 0x40 != (taken?.flags ?? 0) & 0x40
    {
      acceptedData = []
    }
    taken = message
  }

  /// Quotes what the victim announced last, with the first of our keys under a new nonce.
  private mutating func sendHonest() {
    honestCount &+= 1
    let latest = announcements[announcements.count - 1]
    let message = ControlPayload(
      flags: 0x40 | (latest.flags & 0x40) >> 1 | 0x10, senderKey: Self.pairs[0].1,
      senderNonce: Self.nonce(honestCount | 0x80), recipientKey: latest.senderKey, recipientNonce: latest.senderNonce,
      acceptedTime: heardTime)
    sendControl(message.bytes, time: ownTime &+ 1)
  }

  private mutating func sendData(_ input: inout FuzzInput) {
    let ids = UInt32(input.nextByte() & 3)
    let pair = input.choose(Self.pairs)
    let quoted = input.choose([announcements[announcements.count - 1], announcements[0]])
    let counter = UInt32(input.nextByte()) << 8 | UInt32(input.nextByte())
    // High bytes of the counter are those of the middle and of the end of its 29 bits.
    let number = counter & 0xf000 == 0xf000 ? 0x1fff_f000 | counter & 0xfff : counter
    let packet = input.nextBytes(input.nextLength())
    let base = taken?.senderNonce ?? Self.nonce(1)
    let box = Box(pair.0, quoted.senderKey).seal(packet, nonce: Array(base[..<20]) + bigEndian(number))
    let datagram = bigEndian(ids << 29 | number) + box
    guard victim.receive(datagram, from: Party.endpoint(of: 1)) else {
      return check(victim.takeWritten() == [], "dropped, and written")
    }
    check(victim.takeWritten() == (packet.isEmpty ? [] : [packet]), "another packet than was sealed")
    check(taken != nil, "data was taken before a key was known")
    check(acceptedData.insert(datagram).inserted, "data was taken twice")
  }

  // MARK: Listening

  /// Reads what the victim has sent: all of it must be what the wire format says, under keys that we hold.
  private mutating func listen() {
    for datagram in victim.transport.takeSent() {
      if datagram.bytes[0] & 0x80 != 0 { hearControl(datagram.bytes) } else { hearData(datagram.bytes) }
    }
  }

  private mutating func hearControl(_ datagram: [UInt8]) {
    check(datagram.count == 146 && datagram[0] == 0x80, "a control datagram that is none")
    let time = number(datagram[1..<9])
    let nonce = [isGreater ? 0 : 1] + [UInt8](repeating: 0, count: 15) + bigEndian(time)
    guard let payload = control.open(Array(datagram[9...]), nonce: nonce) else {
      return check(false, "a control datagram that does not open")
    }
    check(time > heardTime, "the time of a control datagram is not above the last")
    heardTime = time
    let message = ControlPayload(payload)
    check(message.bytes == payload && message.flags & 0x8f == 0, "a control datagram with surplus bits")
    check(message.senderNonce.suffix(4) == [0, 0, 0, 0], "a base nonce that does not leave room for the counter")
    check(!Self.lowOrder.contains(message.recipientKey), "a key of low order is quoted")
    announcements.append(message)
    if announcements.count > 32 { announcements.remove(at: 1) }
  }

  private mutating func hearData(_ datagram: [UInt8]) {
    let word = UInt32(number(datagram[..<4]))
    check(word & 0x1fff_ffff > 0, "a counter of zero")
    for announced in announcements.reversed() {
      let nonce = Array(announced.senderNonce[..<20]) + bigEndian(word & 0x1fff_ffff)
      for pair in Self.pairs where Box(pair.0, announced.senderKey).open(Array(datagram[4...]), nonce: nonce) != nil {
        let counter = counters.updateValue(word & 0x1fff_ffff, forKey: announced.senderNonce) ?? 0
        return check(word & 0x1fff_ffff > counter, "a counter that does not rise: a nonce was used twice")
      }
    }
    check(false, "data sealed for a key that nobody holds")
  }

  // MARK: Peace

  /// Whatever was said: an honest peer is understood at once.
  private mutating func makePeace() {
    victim.clock.advance(seconds: 2)
    victim.tick()
    listen()
    for _ in 0..<3 {
      sendHonest()
      listen()
    }
    let before = victim.relay.session.counters.outbound.sent.packets
    victim.send([1, 2, 3])
    listen()
    check(victim.relay.session.counters.outbound.sent.packets == before + 1, "after an honest answer nothing is sent")
  }
}
