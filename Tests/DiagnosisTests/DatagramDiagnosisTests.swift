import BuiltinProtocols
import Configuration
import Diagnosis
import ProtocolKit
import Sodium
import Testing
import TunnelCore
import TunnelTesting

@Suite("Why a datagram is not taken")
struct DatagramDiagnosisTests {
  private let keys = [SecretKey(), SecretKey(), SecretKey()]
  private let clock = ManualClock()
  /// The smallest IPv4 packet.
  private let packet: [UInt8] = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
  private let peer = Endpoint(ipv4: 0xc000_0201, port: 2998)

  private func description(_ name: String) throws -> ProtocolDescription {
    try #require(builtinProtocols.first { $0.name == name })
  }

  private func parameters(own: Int, peer: Int, role: Bool? = nil) -> ProtocolParameters {
    var parameters = ProtocolParameters(secretKey: keys[own], peerKey: keys[peer].publicKey, start: clock.now())
    parameters[.role] = role
    return parameters
  }

  /// What side 1 sends first, in `name`, to somebody whose key it takes for the peer's.
  private func datagram(_ name: String, own: Int = 1, to other: Int = 0, role: Bool? = nil) throws -> [UInt8] {
    let wireFormat = try description(name).make(parameters(own: own, peer: other, role: role))
    var packets = PacketBatch(byteCapacity: 4096, slotCapacity: 4)
    var control = PacketBatch(byteCapacity: 4096, slotCapacity: 4)
    wireFormat.tick(control: &control, at: clock.now())
    if control.count > 0 { return control.copy(of: 0) }
    _ = packets.appendCopy(of: packet.span.bytes)
    wireFormat.seal(&packets, at: clock.now())
    return packets.copy(of: 0)
  }

  /// What side 0, which runs `name`, has to say of it.
  private func verdict(
    _ name: String, _ datagram: [UInt8], _ reason: DropReason = .notAuthentic, role: Bool? = nil, isNew: Bool? = nil
  ) throws -> String {
    let diagnosis = DatagramDiagnosis(
      try description(name), all: builtinProtocols, parameters(own: 0, peer: 1, role: role))
    let sample = DatagramSample(datagram: datagram, endpoint: peer, reason: reason, isNew: isNew)
    return diagnosis.explain(sample, peer: peer, at: clock.now())?.description ?? "nothing"
  }

  @Test("another of our protocols", arguments: ["nacl0", "nacltai", "salty"])
  func otherProtocol(name: String) throws {
    for other in ["nacl0", "nacltai", "salty"] where other != name {
      #expect(try verdict(name, try datagram(other)).contains("decrypt as \(other)"), "\(other)")
    }
    #expect(try verdict(name, packet).contains("PROTOCOL=raw"))
  }

  @Test("our own role")
  func role() throws {
    let text = try verdict("nacltai", try datagram("nacltai", role: true), role: true)
    #expect(text.contains("decrypt under our own role") && text.contains("ROLE=1"))
  }

  @Test("another key", arguments: ["nacl0", "nacltai", "salty"])
  func key(name: String) throws {
    let text = try verdict(name, try datagram(name, own: 2))
    #expect(text.contains("fail under the peer's key") && text.contains("PUBLIC_KEY=\(keys[0].publicKey)"))
  }

  @Test("salty's data fail for a while after a restart: nothing to say")
  func saltyData() throws { #expect(try verdict("salty", [UInt8](repeating: 0x11, count: 100)) == "nothing") }

  @Test("a clock that is behind, by how much", arguments: [(-7200 - 60, "2 h behind"), (86_400 * 30, "30 days ahead")])
  func clocks(seconds: Int64, expected: String) throws {
    let here = clock.now()
    clock.step(toUnixSeconds: here.unixSeconds + seconds)
    let stamped = try datagram("nacltai")
    clock.step(toUnixSeconds: here.unixSeconds)
    #expect(try verdict("nacltai", stamped, .late).contains(expected))
  }

  @Test("from elsewhere: said of the peer, not of strangers")
  func elsewhere() throws {
    #expect(try verdict("nacltai", try datagram("nacltai"), .fromElsewhere).contains("REMOTE_FLOAT=1"))
    #expect(try verdict("nacltai", try datagram("nacltai", own: 2), .fromElsewhere) == "nothing")
  }

  @Test("a copy from elsewhere of what was taken is a stranger's: nothing to say", arguments: ["nacltai", "salty"])
  func replay(name: String) throws {
    let recorded = try datagram(name)
    #expect(try verdict(name, recorded, .fromElsewhere, isNew: false) == "nothing")
    #expect(try verdict(name, recorded, .fromElsewhere, isNew: true).contains("REMOTE_FLOAT=1"))
    #expect(try verdict(name, recorded, .duplicate, isNew: false) == "nothing")
  }

  @Test(
    "an old recording, and all of nacl0, might be anybody's: it is not called the peer",
    arguments: [
      ("nacltai", 3600), ("salty", 3600), ("nacl0", 0),
    ])
  func recording(name: String, age: Int64) throws {
    let recorded = try datagram(name)
    clock.advance(seconds: age)
    let text = try verdict(name, recorded, .fromElsewhere)
    #expect(text.contains("recorded ones that somebody replays") && text.contains("If you know that the peer is there"))
    #expect(!text.contains("The peer's datagrams come from") && !text.contains("REMOTE_FLOAT=1"))
  }

  @Test("the protocols know what is new", arguments: ["nacltai", "salty"])
  func newness(name: String) throws {
    let running = try description(name).make(parameters(own: 0, peer: 1))
    let sender = try description(name).make(parameters(own: 1, peer: 0))
    func next() -> [UInt8] {
      var packets = PacketBatch(byteCapacity: 4096, slotCapacity: 4)
      var control = PacketBatch(byteCapacity: 4096, slotCapacity: 4)
      clock.advance(seconds: 400)  // salty announces a new key by then
      sender.tick(control: &control, at: clock.now())
      if control.count > 0 { return control.copy(of: 0) }
      _ = packets.appendCopy(of: packet.span.bytes)
      sender.seal(&packets, at: clock.now())
      return packets.copy(of: 0)
    }
    let (first, second) = (next(), next())
    #expect(running.opener.isNew(first.span.bytes) == nil, "nothing was opened yet that it could be newer than")
    var datagrams = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
    var control = PacketBatch(byteCapacity: 4096, slotCapacity: 4)
    _ = datagrams.appendCopy(of: first.span.bytes)
    running.open(&datagrams, control: &control, at: clock.now())
    #expect(running.opener.isNew(first.span.bytes) == false && running.opener.isNew(second.span.bytes) == true)
    for count in 0..<30 { #expect(running.opener.isNew([UInt8](repeating: 0xff, count: count).span.bytes) == nil) }
  }

  @Test("it never accepts: the protocol that runs takes the datagram afterwards as if nothing had been")
  func noTrace() throws {
    let stamped = try datagram("nacltai")
    _ = try verdict("nacltai", stamped)
    let running = try description("nacltai").make(parameters(own: 0, peer: 1))
    var datagrams = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
    var control = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
    _ = datagrams.appendCopy(of: stamped.span.bytes)
    running.open(&datagrams, control: &control, at: clock.now())
    let isTaken = datagrams.state(of: 0) == .passed
    #expect(isTaken)
  }
}

@Suite("What a packet looks like")
struct InnerPacketTests {
  private let packet: [UInt8] = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]

  private func shape(_ bytes: [UInt8]) -> InnerPacket.Shape { InnerPacket.shape(of: bytes.span.bytes) }

  @Test("packets, with information before them, and frames")
  func shapes() {
    #expect(shape(packet) == .packet)
    #expect(shape([0x60, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 34)) == .packet)
    #expect(shape([0, 0, 8, 0] + packet) == .packetWithInformation)
    #expect(shape([UInt8](repeating: 2, count: 12) + [8, 0] + packet) == .frame)
    #expect(shape([UInt8](repeating: 2, count: 12) + [8, 6] + packet) == .frame)
    for count in 0..<60 { #expect(shape([UInt8](repeating: 0x45, count: count)) == .unknown) }
  }

  @Test("nothing is said of what is as expected, or not certain")
  func expected() {
    let fitting: [(InnerPacket.Shape, InnerPacket.Shape)] = [
      (.packet, .packet), (.packetWithInformation, .packetWithInformation), (.frame, .frame), (.packet, .unknown),
      (.frame, .unknown),
    ]
    for (expectation, shape) in fitting {
      #expect(InnerPacket.complaint(shape, expected: expectation, device: "qt0") == nil)
    }
    let cures = [
      InnerPacket.complaint(.packetWithInformation, expected: .packet, device: "qt0")?.cure,
      InnerPacket.complaint(.packet, expected: .packetWithInformation, device: "qt0")?.cure,
      InnerPacket.complaint(.frame, expected: .packet, device: "qt0")?.cure,
      InnerPacket.complaint(.packet, expected: .frame, device: "qt0")?.cure,
    ]
    #expect(cures.map { $0?.split(separator: " ").dropFirst().first } == ["USE_PI", "USE_PI", "TUN_MODE", "TUN_MODE"])
  }
}
