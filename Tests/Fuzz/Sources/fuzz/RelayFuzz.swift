import BuiltinProtocols
import ProtocolKit
import TunnelCore
import TunnelTesting

/// Two relays between ends that keep to no manners but their types: everything that goes in is counted once, and once
/// the ends behave, nothing is left.
///
///     1 byte           which protocol
///     S number length  packets wait at the device           X  the device's next batch has contradictions in it
///     O, I, T          a step outbound, a step inbound, a tick
///     C number         the socket takes that many more      U  any number
///     E, W             sends, writes fail; or not again
///     D                what was sent arrives                Q  it arrives twice, from elsewhere
///     J length bytes   these bytes arrive                   L  the ends say the opposite of what they know
enum RelayFuzz {
  private static let names = ["raw", "nacl0", "nacltai", "salty"]

  static func run(_ input: inout FuzzInput) {
    let name = input.choose(names)
    let clock = ManualClock()
    let sides = [RelaySide(name, 0, clock), RelaySide(name, 1, clock)]
    for _ in 0..<200 {
      guard let instruction = input.nextInstruction() else { break }
      let (side, other) = (sides[instruction.side], sides[1 - instruction.side])
      if instruction.letter == "D" || instruction.letter == "Q" {
        other.arrive(side.transport.takeSent(), isFromElsewhere: instruction.letter == "Q")
      } else {
        side.step(instruction.letter, &input)
      }
    }
    for side in sides { side.settle() }
  }
}

/// A relay, its ends and what went into it.
final class RelaySide {
  let device = RudeDevice()
  let transport = RudeTransport()
  private let relay: Relay
  private let clock: ManualClock

  init(_ name: String, _ side: Int, _ clock: ManualClock) {
    self.clock = clock
    let parameters = ProtocolParameters(
      secretKey: FixedKey.secrets[side], peerKey: FixedKey.publics[1 - side], replayWindow: 16, start: clock.now())
    guard let wireFormat = try? builtinProtocols.first(where: { $0.name == name })?.make(parameters) else {
      fatalError("no protocol \(name)")
    }
    relay = Relay(
      Link(
        Session(
          CheckedProtocol.checking(wireFormat), peer: side == 0 ? Party.endpoint(of: 1) : nil, isFloating: side == 1),
        device: device, transport: transport), clock: clock)
  }

  func step(_ letter: Character, _ input: inout FuzzInput) {
    switch letter {
    case "S":
      let (count, length) = (Int(input.nextByte()), input.nextLength())
      for _ in 0..<count { device.inner.waiting.append([UInt8](repeating: 7, count: length)) }
    case "X": device.contradictions = Int(input.nextByte())
    case "O": must { _ = try relay.relayOutbound() }
    case "I": must { _ = try relay.relayInbound() }
    case "T":
      clock.advance(seconds: Int64(input.nextByte() & 31))
      must { try relay.tick() }
    case "C": transport.inner.capacity = Int(input.nextByte())
    case "U": transport.inner.capacity = nil
    case "E": transport.inner.sendError = transport.inner.sendError == nil ? 111 : nil
    case "W": device.inner.writeError = device.inner.writeError == nil ? 5 : nil
    case "J": arrive([.init(input.nextBytes(input.nextLength()), Party.forger)], isFromElsewhere: false)
    case "L": (device.isLying, transport.isLying) = (!device.isLying, !transport.isLying)
    default: break
    }
  }

  func arrive(_ datagrams: [MemoryTransport.Datagram], isFromElsewhere: Bool) {
    transport.inner.waiting += datagrams
    if isFromElsewhere { transport.inner.waiting += datagrams.map { .init($0.bytes, Party.copyist) } }
  }

  /// The ends behave from now on.
  func settle() {
    transport.inner.capacity = nil
    (device.isLying, transport.isLying) = (false, false)
    must {
      while try relay.relayOutbound() == .more {}
      while try relay.relayInbound() == .more {}
    }
    let (out, received) = (relay.session.counters.outbound, relay.session.counters.inbound)
    check(device.inner.waiting.isEmpty && transport.inner.waiting.isEmpty, "something was left")
    check(out.sent.packets + out.drops.total == device.handedOver, "sent or dropped, and counted")
    check(received.arrived == transport.handedOver, "received or dropped, and counted")
    check(received.received.packets == UInt64(device.inner.written.count), "written, and counted")
  }

  private func must(_ body: () throws -> Void) {
    do { try body() } catch { fatalError("these ends do not fail: \(error)") }
  }
}

/// A device that puts contradictions between its packets, and may deny that more is waiting, or claim it.
final class RudeDevice: PacketDevice {
  let inner = MemoryDevice()
  var contradictions = 0
  var isLying = false
  private(set) var handedOver: UInt64 = 0
  var failures: FailureTally { inner.failures }
  var name: String { inner.name }
  var burst: Burst { inner.burst }

  func receive(into packets: inout PacketBatch) throws -> ReadOutcome {
    let before = packets.count
    for number in 0..<contradictions where packets.count < packets.slotCapacity {
      packets.appendDropped(.malformed)
      if number % 3 == 1 { _ = packets.appendCopy(of: [UInt8](repeating: 1, count: number), from: .unspecified) }
    }
    contradictions = 0
    let outcome = try inner.receive(into: &packets)
    handedOver += UInt64(packets.count - before)
    return isLying ? (outcome == .more ? .drained : .more) : outcome
  }

  func send(_ packets: inout PacketBatch, _ range: Range<Int>) throws { try inner.send(&packets, range) }
}

/// A transport that may deny that more is waiting, or claim it.
final class RudeTransport: DatagramTransport {
  let inner = MemoryTransport()
  var isLying = false
  private(set) var handedOver: UInt64 = 0
  var failures: FailureTally { inner.failures }
  var burst: Burst { inner.burst }

  func headerBytes(towards endpoint: Endpoint?) -> Int { inner.headerBytes(towards: endpoint) }

  func takeSent() -> [MemoryTransport.Datagram] { inner.takeSent() }

  func receive(into datagrams: inout PacketBatch) throws -> ReadOutcome {
    let before = datagrams.count
    let outcome = try inner.receive(into: &datagrams)
    handedOver += UInt64(datagrams.count - before)
    return isLying ? (outcome == .more ? .drained : .more) : outcome
  }

  func send(_ datagrams: inout PacketBatch, from index: Int) throws -> Int { try inner.send(&datagrams, from: index) }
}
