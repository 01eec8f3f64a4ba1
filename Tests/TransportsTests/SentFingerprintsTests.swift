import LinuxSystem
import SystemPackage
import Testing
import TunnelCore

@testable import Transports

@Suite("Which ICMP messages are heeded")
struct SentFingerprintsTests {
  private let peer = Endpoint(ipv4: 0xc000_0202, port: 2998)

  private func datagram(_ length: Int) -> [UInt8] { (0..<length).map { _ in .random(in: 0...255) } }

  private func fingerprints(of datagrams: [[UInt8]], to endpoint: Endpoint) -> SentFingerprints {
    var fingerprints = SentFingerprints()
    var batch = PacketBatch(byteCapacity: 1 << 20, slotCapacity: 64)
    for datagram in datagrams {
      batch.removeAll()
      batch.append(length: datagram.count, to: endpoint) { span in
        for (index, byte) in datagram.enumerated() { span.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
      }
      fingerprints.note(batch, 0)
    }
    return fingerprints
  }

  private func message(_ mtu: UInt32, _ quote: [UInt8], to destination: Endpoint?) -> UDPSocket.QueuedError {
    .init(
      errno: Errno.messageTooLong.rawValue, information: mtu, isFromNetwork: true, destination: destination,
      quote: Array(quote.prefix(32)))
  }

  @Test("what quotes a datagram that was sent, there, and longer than it says")
  func believed() {
    let sent = (0..<1000).map { _ in datagram(1472) }
    let fingerprints = fingerprints(of: sent, to: peer)
    for datagram in [sent[0], sent[500], sent[999]] {
      #expect(fingerprints.explain(message(1300, datagram, to: peer)))
      #expect(fingerprints.explain(message(1499, datagram, to: peer)))
      #expect(!fingerprints.explain(message(1500, datagram, to: peer)), "all of them fit into that")
      #expect(!fingerprints.explain(message(1300, datagram, to: Endpoint(ipv4: 9, port: 2998))))
      #expect(!fingerprints.explain(message(1300, datagram, to: nil)))
    }
  }

  @Test("a router that quotes no more than it must cannot be told from a forger: heeded, if the rest fits")
  func shortQuote() {
    let fingerprints = fingerprints(of: [datagram(1472)], to: peer)
    for count in [0, 8, 23] { #expect(fingerprints.explain(message(1300, datagram(count), to: peer))) }
    #expect(!fingerprints.explain(message(1500, [], to: peer)))
  }

  @Test("what was invented, or altered in one bit, is forged")
  func forged() {
    var sent = datagram(1472)
    let fingerprints = fingerprints(of: [sent], to: peer)
    #expect(!fingerprints.explain(message(552, datagram(32), to: peer)))
    #expect(!fingerprints.explain(message(552, [UInt8](repeating: 0, count: 32), to: peer)))
    sent[3] ^= 1
    #expect(!fingerprints.explain(message(552, sent, to: peer)))
  }

  @Test("before anything long was sent nothing can have been too long")
  func nothingSent() {
    #expect(!SentFingerprints().explain(message(552, [], to: .unspecified)))
    #expect(!fingerprints(of: [datagram(100)], to: peer).explain(message(552, [], to: peer)))
  }

  @Test("IPv6 carries 1280 bytes everywhere")
  func ipv6() {
    let peer = Endpoint(ipv6High: 0x2001_0db8_0000_0000, low: 2, port: 2998)
    let fingerprints = fingerprints(of: [datagram(1452)], to: peer)
    #expect(!fingerprints.explain(message(1279, [], to: peer)))
    #expect(fingerprints.explain(message(1280, [], to: peer)))
    #expect(fingerprints.explain(message(1499, [], to: peer)) && !fingerprints.explain(message(1500, [], to: peer)))
  }
}
