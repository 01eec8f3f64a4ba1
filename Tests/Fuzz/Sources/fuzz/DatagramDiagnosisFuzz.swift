import BuiltinProtocols
import Configuration
@testable import Diagnosis
import ProtocolKit
import TunnelCore

/// Any datagram that was not taken, for any reason: whoever works out why may find nothing, and says it in a line.
///
///     1 byte      the protocol that runs      1 byte    why it was not taken
///     1 byte      even: the rest is the datagram; odd: it is a packet that the peer has sealed, at the time that its
///                 first 8 bytes say
enum DatagramDiagnosisFuzz {
  static func run(_ input: inout FuzzInput) {
    let running = input.choose(builtinProtocols)
    let reason = input.choose(DropReason.allCases)
    let isGenuine = input.nextByte() & 1 != 0
    let now = Moment(monotonicNanoseconds: 3_600_000_000_000, unixSeconds: 1_700_000_000, unixNanoseconds: 5)
    let parameters = ProtocolParameters(
      secretKey: FixedKey.secrets[0], peerKey: FixedKey.publics[1], replayWindow: 16, start: now)
    let packet = input.rest()
    let sample = DatagramSample(
      datagram: isGenuine ? sealed(packet, running, now) : packet, endpoint: Party.forger, reason: reason)
    let complaint = DatagramDiagnosis(running, all: builtinProtocols, parameters).explain(
      sample, peer: Party.endpoint(of: 1), at: now)
    guard let complaint else { return }
    check(!complaint.what.isEmpty && complaint.what.count < 200, "not a line: \(complaint)")
    check("\(complaint)".utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0a }, "control characters in a message")
  }

  /// What the peer would send, its clock showing what the packet begins with.
  private static func sealed(_ packet: [UInt8], _ running: ProtocolDescription, _ now: Moment) -> [UInt8] {
    var then = now
    then.unixSeconds = packet.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    let parameters = ProtocolParameters(
      secretKey: FixedKey.secrets[1], peerKey: FixedKey.publics[0], replayWindow: 16, start: now)
    guard let peer = try? running.make(parameters) else { fatalError("no protocol") }
    var packets = PacketBatch(byteCapacity: packet.count + 256, slotCapacity: 1)
    var control = PacketBatch(byteCapacity: 4096, slotCapacity: 8)
    _ = packets.appendCopy(of: packet.span.bytes)
    peer.tick(control: &control, at: now)
    peer.seal(&packets, at: then)
    if packets.state(of: 0) == .passed { return packets.copy(of: 0) }
    return control.isEmpty ? packet : control.copy(of: 0)
  }
}
