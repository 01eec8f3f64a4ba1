import Foundation
import Testing
import TunnelLab

extension EndToEnd.Measured {
  /// What somebody can do who knows nothing but where the two ends are: neither slow the tunnel nor mislead its owner.
  @Suite("Strangers", .serialized)
  struct Strangers {
    private func up(_ tunnel: Tunnel, mtu: Int = 1452) throws -> Lab { try Lab.up(tunnel, mtu: mtu) }

    private func expectTransfer(_ lab: Lab, bytes: Int = 20_000_000) throws {
      let (sent, received) = try Traffic(from: lab.a, to: lab.b, address: lab.b.inner).tcp(bytes: bytes)
      #expect(sent == received && received.hasSuffix(" \(bytes)\n"))
    }

    /// From b's namespace, of datagrams from a's tunnel to b's.
    private func forge(_ lab: Lab, mtu: Int = 552, count: Int = 20, quoted: Int = 64) throws {
      try lab.b.must(
        """
        python3 \(TestPrograms.path("forge_icmp.py")) \(lab.a.address) \(lab.b.address) 2998 \(mtu) \(count) \(quoted)
        """)
    }

    /// How many fragments a host has made.
    private func fragments(_ host: Lab.Host) throws -> Int {
      let rows = try host.must("cat /proc/net/snmp").split(separator: "\n").filter { $0.hasPrefix("Ip:") }
        .map { $0.split(separator: " ") }
      let column = try #require(rows[0].firstIndex(of: "FragCreates"))
      return try #require(Int(rows[1][column]))
    }

    // MARK: Forged ICMP

    @Test("ICMP about datagrams that were never sent changes nothing", arguments: ["fixed", "floating"])
    func forgedQuote(peer: String) throws {
      let lab = try up(try Tunnel("salty").with(peer == "fixed" ? [:] : ["REMOTE_FLOAT": "1"]))
      try expectTransfer(lab)
      let before = try fragments(lab.a)
      try forge(lab)
      // The kernel believes it, and would for ten minutes.
      #expect(try lab.a.must("ip route get \(lab.b.address)").contains("mtu 552"))
      try expectTransfer(lab)
      #expect(try fragments(lab.a) == before)
      let log = lab.a.daemons[0]
      #expect(log.logs("a forged message is not heeded"), "\(log.log)")
      #expect(!log.log.contains("552") && !log.log.contains("UDP_SEGMENT"), "\(log.log)")
    }

    @Test("a message that quotes too little to be judged costs no speed either, and is not called the truth")
    func shortQuote() throws {
      let lab = try up(try Tunnel("salty"))
      try expectTransfer(lab)
      let before = try fragments(lab.a)
      try forge(lab, quoted: 0)
      try expectTransfer(lab)
      #expect(try fragments(lab.a) == before)
      let log = lab.a.daemons[0]
      #expect(log.logs("A message says that the path carries 552 bytes; anybody on it can forge that"), "\(log.log)")
      #expect(!log.log.contains("UDP_SEGMENT") && !log.log.contains("ip link set"), "\(log.log)")
    }

    @Test("MTU=auto is not what a forged message left behind")
    func automaticMTU() throws {
      let tunnel = try Tunnel("salty").with(["MTU": "auto"])
      let lab = try up(tunnel)
      try forge(lab)
      #expect(try lab.a.must("ip route get \(lab.b.address)").contains("mtu 552"))
      lab.a.daemons[0].stop()
      _ = try lab.a.start(.ours, tunnel.a)
      #expect(lab.a.daemons[1].logs("MTU 1452"), "\(lab.a.daemons[1].log)")
    }

    // MARK: Floods

    @Test("a flood of datagrams for the port of a fixed peer takes nothing from it, and is counted")
    func flood() throws {
      let lab = try up(try Tunnel("nacltai"))
      let flood = """
        import socket, time
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.connect(("\(lab.a.address)", 2998))
        end, count = time.time() + 3, 0
        while time.time() < end: count += sender.send(bytes(1200)) == 1200
        print(count)
        """
      let stranger = try lab.b.running(["python3", "-c", flood])
      #expect(try lab.a.reaches(lab.b.inner, count: 10))
      let sent = Int(stranger.result(within: 10).trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
      #expect(sent > 10_000)
      let ticks = try must("cat /proc/\(lab.a.daemons[0].identifier)/stat").split(separator: " ")
      // Their time is the kernel's: of three seconds of flood the daemon sees next to nothing.
      #expect((Int(ticks[13]) ?? 999) + (Int(ticks[14]) ?? 999) < 30, "hundredths of a second")
      #expect(lab.a.daemons[0].stop() == 0)
      let counted = lab.a.daemons[0].log.firstMatch(of: /(\d+) from elsewhere/).flatMap { Int($0.1) }
      #expect(counted == sent, "\(lab.a.daemons[0].log)")
    }

    @Test("one recorded datagram, sent from two places in turn, moves a floating nacl0 peer but does not fill the log")
    func roaming() throws {
      let (lab, tunnel) = (try Lab(), try Tunnel("nacl0"))
      let attacker = try Attacker(in: lab)
      let between = Attacker.between(tunnel.with(["REMOTE_FLOAT": "1"]), lab)
      _ = try lab.a.start(.ours, between.a)
      let b = try lab.b.start(.ours, between.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      let recorded = try #require(attacker.recorded(to: .b).first)
      let places = try [5002, 5003].map { try Socket(in: lab.a, port: $0, peer: (lab.b.address, 2998)) }
      // An odd number at a time: even if it is read as one batch, the last of it comes from the other place.
      for index in 0..<3000 {
        places[index % 2].send(recorded)
        if index % 3 == 2 { usleep(500) }
      }
      #expect(b.logs("any stranger can take the peer's place"))
      #expect(try eventually { try lab.b.hasReadAll() })
      #expect(b.log.components(separatedBy: "The peer moved to").count <= 8, "\(b.log)")
      #expect(b.stop() == 0)
      let leftOut = b.log.firstMatch(of: /The peer moved \.\.\. and (\d+) times more/).flatMap { Int($0.1) } ?? 0
      #expect(leftOut > 100, "\(b.log)")
      attacker.leave()
    }

    @Test("recorded datagrams from elsewhere are not taken for a peer that has moved", arguments: ["nacltai", "nacl0"])
    func replay(name: String) throws {
      let (lab, tunnel) = (try Lab(), try Tunnel(name))
      let attacker = try Attacker(in: lab)
      let between = Attacker.between(tunnel, lab)
      _ = try lab.a.start(.ours, between.a)
      let b = try lab.b.start(.ours, between.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      attacker.leave()  // the tunnel is silent from here on
      let stranger = try Socket(in: lab.a, port: 5002, peer: (lab.b.address, 2998))
      let recorded = attacker.recorded(to: .b).prefix(5)
      for _ in 0..<5 {
        for datagram in recorded { stranger.send(datagram) }
        sleep(1)
      }
      #expect(!b.log.contains("The peer's datagrams come from"), "\(b.log)")
      #expect(b.log.contains("recorded ones that somebody replays") == (name == "nacl0"), "\(b.log)")
      #expect(b.stop() == 0 && b.log.contains("\(5 * recorded.count) from elsewhere"), "\(b.log)")
    }
  }
}
