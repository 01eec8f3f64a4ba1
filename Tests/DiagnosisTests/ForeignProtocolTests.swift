import BuiltinProtocols
import Configuration
import Diagnosis
import ProtocolKit
import Sodium
import Testing
import TunnelCore
import TunnelTesting

/// parcel is in no module of the program: nacltai's bytes under another name, with a setting of its own that turns the
/// roles around, beside salty, nacl0 and raw.
@Suite("Datagrams of somebody else's protocol")
struct ForeignProtocolTests {
  private static let turned = ProtocolSetting("TURNED", .code(0...1), default: false, "the other way round.")

  private let keys = [SecretKey(), SecretKey(), SecretKey()]
  private let clock = ManualClock()
  private let peer = Endpoint(ipv4: 0xc000_0201, port: 2998)
  /// The smallest IPv4 packet.
  private let packet: [UInt8] = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
  private let inner: ProtocolDescription
  private let others: [ProtocolDescription]

  init() throws {
    inner = try #require(builtinProtocols.named("nacltai"))
    others = builtinProtocols.filter { $0.name != "nacltai" }
  }

  private func parcel(failureIsTelling: Bool = true) -> ProtocolDescription {
    ProtocolDescription(
      name: "parcel", summary: "paper and string", needsKeys: true, overhead: inner.overhead,
      settings: [Self.turned, ProtocolSetting.timeWindow], claimedTime: inner.claimedTime,
      failureIsTelling: { _ in failureIsTelling }
    ) { [inner] parameters throws(ProtocolError) in
      var turned = parameters
      let isGreater = try parameters.agreement().roles().sending == 1
      if parameters[Self.turned] { turned[.role] = !isGreater }
      return try inner.make(turned)
    }
  }

  private func parameters(own: Int, peer: Int, turned: Bool = false) -> ProtocolParameters {
    var parameters = ProtocolParameters(secretKey: keys[own], peerKey: keys[peer].publicKey, start: clock.now())
    parameters[Self.turned] = turned
    return parameters
  }

  /// What side 1, or whoever has another key, sends first.
  private func datagram(own: Int = 1, turned: Bool = false) throws -> [UInt8] {
    let sender = try parcel().make(parameters(own: own, peer: 0, turned: turned))
    var packets = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
    _ = packets.appendCopy(of: packet.span.bytes)
    sender.seal(&packets, at: clock.now())
    return packets.copy(of: 0)
  }

  private func verdict(
    of running: ProtocolDescription, _ datagram: [UInt8], _ reason: DropReason = .notAuthentic,
    all: [ProtocolDescription]? = nil, _ parameters: ProtocolParameters? = nil
  ) -> String {
    DatagramDiagnosis(running, all: all ?? others + [parcel()], parameters ?? self.parameters(own: 0, peer: 1))
      .explain(DatagramSample(datagram: datagram, endpoint: peer, reason: reason), peer: peer, at: clock.now())?
      .description ?? "nothing"
  }

  @Test("are recognised by each of ours", arguments: ["nacl0", "salty"])
  func recognised(name: String) throws {
    let running = try #require(builtinProtocols.named(name))
    #expect(verdict(of: running, try datagram()).contains("decrypt as parcel"))
  }

  @Test("a wrong key is told of where a failure tells it")
  func wrongKey() throws {
    let foreign = try datagram(own: 2)
    #expect(verdict(of: parcel(), foreign).contains("fail under the peer's key"))
    #expect(verdict(of: parcel(failureIsTelling: false), foreign) == "nothing")
  }

  @Test("its settings are heeded where a datagram is tried, but not how old one may be")
  func settings() throws {
    let turned = try datagram(turned: true)
    #expect(verdict(of: parcel(), turned).contains("fail under"), "sealed the other way round")
    clock.advance(seconds: 7300)
    var same = parameters(own: 0, peer: 1, turned: true)
    same[.timeWindow] = 1
    #expect(verdict(of: parcel(), turned, .late, same).contains("2 h behind"))
  }

  @Test("who knows no ROLE is not told to set it")
  func noRole() throws {
    let reflected = try parcel().make(parameters(own: 0, peer: 1))
    var packets = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
    _ = packets.appendCopy(of: packet.span.bytes)
    reflected.seal(&packets, at: clock.now())
    #expect(!verdict(of: parcel(), packets.copy(of: 0)).contains("ROLE"))
  }

  @Test("plain packets are put down to the protocol that sends such, if there is one")
  func plain() throws {
    let bare = ProtocolDescription(name: "bare", summary: "nothing", needsKeys: false, overhead: 0, isPlain: true) {
      _ throws(ProtocolError) in throw .missingKeys
    }
    #expect(verdict(of: parcel(), packet, all: [parcel(), bare]).contains("The peer has PROTOCOL=bare"))
    #expect(verdict(of: parcel(), packet, all: [parcel()]).contains("The peer has no encryption"))
  }

  @Test("each description's word on how datagrams tell their sender is true: of two peers only one's key opens it")
  func sender() throws {
    for description in builtinProtocols + [parcel()] {
      let sender = try description.make(parameters(own: 1, peer: 0))
      let stranger = try description.make(parameters(own: 0, peer: 2))
      var packets = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
      var control = PacketBatch(byteCapacity: 4096, slotCapacity: 4)
      _ = packets.appendCopy(of: packet.span.bytes)
      sender.tick(control: &control, at: clock.now())
      sender.seal(&packets, at: clock.now())
      let datagram = control.isEmpty ? packets.copy(of: 0) : control.copy(of: 0)
      var datagrams = PacketBatch(byteCapacity: 4096, slotCapacity: 1)
      _ = datagrams.appendCopy(of: datagram.span.bytes)
      stranger.tick(control: &control, at: clock.now())
      stranger.open(&datagrams, control: &control, at: clock.now())
      let isTaken = datagrams.state(of: 0) == .passed
      #expect(isTaken != description.provesSender, "\(description.name)")
    }
  }
}
