import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// Real daemons, and somebody on the path between them.
  @Suite("Eavesdropper", .serialized)
  struct Eavesdropper {
    private static let secret = "attack at dawn, attack at dawn!!"
    /// ping -p takes at most 16 bytes.
    private static let pattern = secret.utf8.prefix(16).map { String(format: "%02x", $0) }.joined()

    /// Daemons on both hosts whose datagrams pass an attacker, who has recorded some.
    private func up(_ name: String, _ more: [String: String] = [:]) throws -> (Lab, Attacker) {
      let lab = try Lab()
      let attacker = try Attacker(in: lab)
      let tunnel = Attacker.between(try Tunnel(name).with(more), lab)
      // What nobody hears the first time may arrive when it is replayed.
      for daemon in [try lab.a.start(.ours, tunnel.a), try lab.b.start(.ours, tunnel.b)] {
        #expect(daemon.logs("operational"), "\(daemon.log)")
      }
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      for host in [lab.a, lab.b] { try host.quiet() }
      let isUp = try eventually { try lab.a.pings(lab.b.inner) }
      #expect(isUp)
      _ = try lab.a.run("ping -n -q -c 20 -i 0.01 -p \(Self.pattern) \(lab.b.inner)")
      // ping does not wait for long; with this answer all that went before has arrived, and is not counted later.
      #expect(try lab.a.reaches(lab.b.inner))
      return (lab, attacker)
    }

    /// Waits until the daemons have read all that was sent to them, and a moment for what they make of the last.
    private func expectAllRead(_ lab: Lab) throws {
      for host in [lab.a, lab.b] { #expect(try eventually { try host.hasReadAll() }) }
      usleep(200_000)
    }

    /// What the daemon said at its end of the datagrams that it did not take.
    private func farewell(_ daemon: Daemon) -> String {
      #expect(daemon.stop() == 0)
      return daemon.log.components(separatedBy: "\n").last { $0.contains("Ended by") } ?? "no farewell: \(daemon.log)"
    }

    @Test("sees nothing of what is in the packets, but with raw", arguments: ["raw", "nacl0", "nacltai", "salty"])
    func confidentiality(name: String) throws {
      let (_, attacker) = try up(name)
      let plain = Data(Self.secret.utf8.prefix(16))
      let readable = (attacker.recorded(to: .a) + attacker.recorded(to: .b)).filter { Data($0).range(of: plain) != nil }
      #expect(readable.isEmpty == (name != "raw"))
      attacker.leave()
    }

    @Test("replays everything: nothing arrives twice", arguments: ["nacltai", "salty"])
    func replay(name: String) throws {
      let (lab, attacker) = try up(name, ["REMOTE_FLOAT": "1"])
      let before = (try lab.a.packetsReceived(), try lab.b.packetsReceived())
      let recording = (attacker.recorded(to: .a), attacker.recorded(to: .b))
      #expect(recording.1.count > 20)
      for _ in 0..<3 {
        attacker.send(recording.0, to: .a)
        attacker.send(recording.1.reversed(), to: .b)
      }
      try expectAllRead(lab)
      #expect(try lab.a.packetsReceived() == before.0 && lab.b.packetsReceived() == before.1)
      #expect(try lab.a.reaches(lab.b.inner, count: 3) && lab.b.reaches(lab.a.inner, count: 3))
      #expect(farewell(lab.b.daemons[0]).contains("duplicate"))
      attacker.leave()
    }

    @Test("sends everything back to who sent it", arguments: ["nacl0", "nacltai", "salty"])
    func reflection(name: String) throws {
      let (lab, attacker) = try up(name)
      let before = (try lab.a.packetsReceived(), try lab.b.packetsReceived())
      attacker.send(attacker.recorded(to: .b), to: .a)
      attacker.send(attacker.recorded(to: .a), to: .b)
      try expectAllRead(lab)
      // nacl0 uses one key and one nonce for both directions: its packets are good at both ends, as WIRE.md says.
      if name != "nacl0" {
        #expect(try lab.a.packetsReceived() == before.0 && lab.b.packetsReceived() == before.1)
      }
      #expect(try lab.a.reaches(lab.b.inner, count: 3) && lab.b.reaches(lab.a.inner, count: 3))
      attacker.leave()
    }

    @Test("cuts, lengthens and flips a bit in every byte", arguments: ["nacl0", "nacltai", "salty"])
    func damage(name: String) throws {
      let (lab, attacker) = try up(name)
      let before = (try lab.a.packetsReceived(), try lab.b.packetsReceived())
      var forged: [[UInt8]] = []
      // One that carries a packet: the longest. salty's first byte tells nothing but the kind and the key's slot.
      for datagram in [attacker.recorded(to: .b).max { $0.count < $1.count } ?? []] {
        #expect(datagram.count > 80)
        forged += (0..<datagram.count).map { Array(datagram.prefix($0)) }
        forged += (1...64).map { datagram + [UInt8](repeating: 0xff, count: $0) }
        forged += datagram.indices.map { index in
          var copy = datagram
          copy[index] ^= 1 << UInt8(index % 8)
          return copy
        }
      }
      forged += (0..<200).map { length in (0...length).map { _ in .random(in: 0...255) } }
      attacker.send(forged, to: .b)
      attacker.send(forged, to: .a)
      try expectAllRead(lab)
      #expect(try lab.a.packetsReceived() == before.0 && lab.b.packetsReceived() == before.1)
      #expect(try lab.a.reaches(lab.b.inner, count: 3) && lab.b.reaches(lab.a.inner, count: 3))
      let lines = lab.b.daemons[0].log.components(separatedBy: "\n").count
      #expect(lines < 10, "one line each for strangers' datagrams: \(lab.b.daemons[0].log)")
      #expect(farewell(lab.b.daemons[0]).contains("not authentic"))
      attacker.leave()
    }

    @Test("a stranger does not become the peer of one that floats", arguments: ["nacltai", "salty"])
    func forgedRoaming(name: String) throws {
      let (lab, attacker) = try up(name, ["REMOTE_FLOAT": "1"])
      let stranger = try Socket(in: lab.a, port: 5002, peer: (lab.b.address, 2998))
      for datagram in attacker.recorded(to: .b) {
        stranger.send(datagram)
        stranger.send(datagram.dropLast() + [0])
        stranger.send([UInt8](repeating: 0, count: 70))
      }
      #expect(try lab.b.reaches(lab.a.inner, count: 5))
      // A recorded control datagram may be from a peer that came back elsewhere with its clock behind: it is answered
      // there, once in two seconds, with another. Of the packets the stranger gets none.
      let answers = Array(sequence(state: stranger) { $0.receive() }.prefix(10))
      #expect(answers.count <= (name == "salty" ? 2 : 0))
      #expect(answers.allSatisfy { $0.count == 146 && $0.first == 0x80 })
      attacker.leave()
    }

    @Test("a stranger at another address is not heard by one that is fixed, even with the right keys")
    func fixedPeer() throws {
      let (lab, attacker) = try up("nacl0")
      let stranger = try Socket(in: lab.a, port: 5002, peer: (lab.b.address, 2998))
      let before = try lab.b.packetsReceived()
      for datagram in attacker.recorded(to: .b) { stranger.send(datagram) }
      #expect(try eventually { try lab.b.hasReadAll() })
      usleep(200_000)
      #expect(try lab.b.packetsReceived() == before)
      #expect(farewell(lab.b.daemons[0]).contains("from elsewhere"))
      attacker.leave()
    }
  }
}
