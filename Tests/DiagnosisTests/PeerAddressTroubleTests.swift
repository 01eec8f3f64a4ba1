import Configuration
import Diagnosis
import LinuxSystem
import Testing
import TunnelCore

@Suite("Addresses that no peer has")
struct PeerAddressTroubleTests {
  private func trouble(
    _ peer: Endpoint, _ target: Routing.Target? = .host, local: Endpoint? = nil, localPort: UInt16 = 2998
  ) -> PeerAddressTrouble? {
    PeerAddressTrouble.find(
      peer, remote: "REMOTE_ADDRESS=x", route: target.map { .init(interface: "eth0", target: $0) }, local: local,
      localPort: localPort)
  }

  private func ipv4(_ address: UInt32, port: UInt16 = 2998) -> Endpoint { Endpoint(ipv4: address, port: port) }
  private func ipv6(_ high: UInt64, scope: UInt32 = 0) -> Endpoint {
    Endpoint(ipv6High: high, low: 1, port: 2998, scope: scope)
  }

  @Test("hosts")
  func hosts() {
    #expect(trouble(ipv4(0xc000_0202)) == nil && trouble(ipv4(0xc000_0202), nil) == nil)
    #expect(trouble(ipv6(0x2001_0db8 << 32)) == nil && trouble(ipv6(0xfe80 << 48, scope: 2)) == nil)
  }

  @Test("multicast, broadcast, link-local without scope: with a route or without")
  func nobody() {
    for target in [Routing.Target.host, nil] {
      #expect(trouble(ipv4(0xe000_0001), target)?.complaint.what.contains("multicast") == true)
      #expect(trouble(ipv6(0xff02 << 48, scope: 2), target)?.complaint.what.contains("multicast") == true)
      #expect(trouble(ipv4(0xffff_ffff), target)?.complaint.what.contains("broadcast") == true)
      #expect(trouble(ipv6(0xfe80 << 48), target)?.complaint.cure?.contains("fe80::1%eth0") == true)
    }
    #expect(trouble(ipv4(0xc000_02ff), .broadcast)?.isProblem == true)
  }

  @Test("this host: a problem only where it is the same address and port")
  func thisHost() {
    let own = ipv4(0xc000_0201)
    #expect(trouble(own, .thisHost)?.isProblem == true)
    #expect(trouble(own, .thisHost, local: own)?.isProblem == true)
    #expect(trouble(own, .thisHost, localPort: 2999)?.isProblem == false)
    #expect(trouble(own, .thisHost, local: ipv4(0x7f00_0001))?.isProblem == false)
    // Both ends at 127.0.0.1: who says so twice means it.
    let loopback = ipv4(0x7f00_0001)
    #expect(trouble(loopback, .thisHost, local: loopback, localPort: 2999) == nil)
    #expect(trouble(loopback, .thisHost, local: loopback)?.isProblem == true)
    #expect(trouble(loopback, .thisHost, localPort: 2999)?.isProblem == false)
  }
}
