import ProtocolKit
import Sodium
import Testing
import TunnelCore
import TunnelTesting

@testable import ProtocolSalty

/// Each test tells what somebody tries, with or without the keys, and what it comes to.
@Suite("Attacks on salty")
struct SaltyAttackTests {
  private let clock = ManualClock()
  private let peer: SaltyPeer
  private let subject: Party
  /// What the subject announced at its start.
  private let announced: Announcement

  init() throws {
    peer = try SaltyPeer(clock: clock)
    subject = try peer.subject(clock: clock)
    announced = try #require(peer.read(subject.control.last)).sender
  }

  private func handshake() {
    #expect(subject.open(peer.control(quoting: announced)) == .failure(.consumed))
    #expect(subject.open(peer.data([1], to: announced, counter: 1)).packet == [1])
    #expect(subject.seal([2]).packet != nil)
  }

  @Test("a stranger's data before the handshake meets no receiving cipher, whatever key ids it names")
  func strangerBeforeHandshake() {
    for ids in UInt8(0)..<4 {
      #expect(subject.open([ids << 5, 0, 0, 1] + [UInt8](repeating: 0, count: 60)).dropReason == .noKey)
    }
    #expect(subject.open(peer.data([1], to: announced, counter: 1)).dropReason == .noKey)
  }

  @Test("a stranger's data after the handshake meets no receiving cipher for the slots that were never made")
  func strangerAfterHandshake() {
    handshake()
    for ids in [UInt8(0), 1, 2] {
      #expect(subject.open([ids << 5, 0, 0, 9] + [UInt8](repeating: 0, count: 60)).dropReason == .noKey)
    }
  }

  @Test("a quote of the slot that was never made is not recognised: the answer is no acknowledgement")
  func unmadeSlot() throws {
    let zeros = [UInt8](repeating: 0, count: 56)
    let quoted = unsafe Announcement(zeros.span.bytes, at: 0)
    #expect(subject.open(peer.control(quoting: quoted, recipientKeyID: 0)) == .failure(.unproven))
    let answer = try #require(peer.read(subject.control.last))
    #expect(!answer.isAcknowledgement && answer.senderKeyID == 1 && answer.sender == announced)
    #expect(subject.seal([1]).dropReason == .noKey)
  }

  @Test("a low-order key from the true peer is dropped, and what was agreed on before stands")
  func lowOrder() {
    handshake()
    let controlBefore = subject.control.count
    for last in [UInt8(0), 1] {
      let bytes = [last] + [UInt8](repeating: 0, count: 55)
      let low = unsafe Announcement(bytes.span.bytes, at: 0)
      #expect(subject.open(peer.control(announcing: low, quoting: announced)).dropReason == .lowOrderKey)
    }
    #expect(subject.control.count == controlBefore)
    #expect(subject.open(peer.data([3], to: announced, counter: 2)).packet == [3])
  }

  @Test("a control datagram that says the same again does not make old data new")
  func replayAfterRepeatedControl() {
    handshake()
    let recorded = peer.data([4], to: announced, counter: 5)
    #expect(subject.open(recorded).packet == [4])
    #expect(subject.open(peer.control(quoting: announced)) == .failure(.consumed))
    #expect(subject.open(recorded).dropReason == .duplicate)
    #expect(subject.open(peer.control(quoting: announced, isAcknowledgement: true)) == .failure(.consumed))
    #expect(subject.open(recorded).dropReason == .duplicate)
  }

  @Test("a recorded control datagram is late, and answered once in two seconds: where it came from, and at the peer's")
  func replayedControl() {
    let recorded = peer.control(quoting: announced)
    #expect(subject.open(recorded) == .failure(.consumed))
    let before = subject.control.count
    for _ in 0..<100 { #expect(subject.open(recorded).dropReason == .late) }
    #expect(subject.control.count <= before + 2)
    clock.advance(seconds: 2)
    for _ in 0..<100 { #expect(subject.open(recorded).dropReason == .late) }
    #expect(subject.control.count <= before + 4)
    #expect(subject.open(peer.data([1], to: announced, counter: 1)).packet == [1])
  }

  @Test("every flipped bit and every missing byte of a control datagram is noticed; the datagram itself is then taken")
  func damagedControl() {
    let good = peer.control(quoting: announced)
    for index in 0..<good.count {
      #expect(subject.open(Array(good.prefix(index))).packet == nil)
      for bit in 0..<8 {
        var damaged = good
        damaged[index] ^= 1 << bit
        let reason = subject.open(damaged).dropReason
        // Of the first byte the top bit tells control from data; the original does not look at the others.
        #expect(reason == (index > 0 ? .notAuthentic : bit == 7 ? .noKey : .malformed))
      }
    }
    #expect(subject.open(good + [0]).dropReason == .tooLong)
    #expect(subject.seal([1]).dropReason == .noKey)
    #expect(subject.open(good) == .failure(.consumed))
  }

  @Test("flags that nobody sends are not taken, although they are authentic")
  func unknownFlags() throws {
    for bit in [0, 1, 2, 3, 7] {
      let strange = try peer.control(quoting: announced, at: 1 << 40) { $0 | 1 << bit }
      #expect(subject.open(strange).dropReason == .malformed)
    }
    #expect(subject.open(peer.control(quoting: announced)) == .failure(.consumed))
  }

  @Test("damaged data is noticed and leaves no trace in the replay window")
  func damagedData() {
    handshake()
    let good = peer.data(Array(0..<40), to: announced, counter: 7)
    for index in 0..<good.count {
      let cut = subject.open(Array(good.prefix(index)))
      #expect(cut.packet == nil)
      for bit in 0..<8 {
        var damaged = good
        damaged[index] ^= 1 << bit
        #expect(subject.open(damaged).packet == nil)
      }
    }
    #expect(subject.open(good + [0]).dropReason == .notAuthentic)
    #expect(subject.open(good).packet == Array(0..<40))
  }

  @Test("with one key on both sides, our own announcement sent back to us is known for what it is")
  func reflectedControl() throws {
    let key = SecretKey()
    let lonely = try Party("salty", parameters(key, key.publicKey, at: clock.now()), clock: clock)
    lonely.tick()
    let own = try #require(lonely.control.last)
    clock.advance(seconds: 1)
    #expect(lonely.open(own).dropReason == .reflected)
    #expect(lonely.seal([1]).dropReason == .noKey)
    #expect(lonely.control.count == 1)
  }

  @Test("an old control datagram is answered where it came from, and moves the peer nowhere; a fresh one does")
  func oldControlMovesNobody() throws {
    let (device, transport) = (MemoryDevice(), MemoryTransport())
    var own = parameters(peer.other, peer.own.publicKey, at: clock.now())
    own.replayWindow = 5
    let relay = Relay(
      Link(
        Session(try SaltyProtocol.description.make(own), peer: nil, isFloating: true), device: device,
        transport: transport), clock: clock)
    try relay.tick()
    #expect(transport.sent.isEmpty)
    let asker = Endpoint(ipv4: 0x0a00_0001, port: 7)
    let nothing = peer.key.announcement
    transport.waiting = [.init(peer.control(quoting: nothing), asker)]
    _ = try relay.relayInbound()
    #expect(transport.sent.map(\.endpoint) == [asker])
    #expect(
      relay.session.peer == nil && relay.session.counters.inbound.unproven == 1
        && relay.session.counters.inbound.authentic == 0)
    let announced = try #require(peer.read(transport.sent.last?.bytes)).sender
    transport.waiting = [.init(peer.control(quoting: announced), asker)]
    _ = try relay.relayInbound()
    #expect(relay.session.peer == asker && relay.session.counters.inbound.authentic == 1)
    // While it knows the peer, a recording of an earlier run moves it as little.
    let thief = Endpoint(ipv4: 0x0a00_0666, port: 6)
    transport.waiting = [.init(peer.control(quoting: nothing), thief)]
    _ = try relay.relayInbound()
    #expect(relay.session.peer == asker)
  }

  @Test("no sequence of authentic control datagrams, however mad, brings it down")
  func madPeer() throws {
    var generator = SplitMix(state: 1)
    for _ in 0..<3000 {
      let bytes = (0..<56).map { _ in generator.next() % 4 == 0 ? UInt8(truncatingIfNeeded: generator.next()) : 0 }
      let random = unsafe Announcement(bytes.span.bytes, at: 0)
      let sender = generator.next() % 2 == 0 ? random : nil
      let quoted = generator.next() % 2 == 0 ? random : announced
      let datagram = peer.control(
        announcing: sender, quoting: quoted, recipientKeyID: Int(generator.next() % 2),
        isAcknowledgement: generator.next() % 2 == 0)
      _ = subject.open(datagram)
      _ = subject.seal([1, 2, 3])
      _ = subject.open(peer.data([1], to: announced, counter: UInt32(generator.next() % 1000) + 1))
      clock.advance(seconds: Int64(generator.next() % 100))
      subject.tick()
    }
    // And an honest peer gets through afterwards.
    let now = try #require(peer.read(subject.control.last))
    let greeting = peer.control(quoting: now.sender, recipientKeyID: now.senderKeyID)
    #expect(subject.open(greeting) == .failure(.consumed))
    #expect(subject.seal([1]).packet != nil)
  }
}
