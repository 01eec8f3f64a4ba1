import Check
import LinuxSystem
import Testing
import TunnelCore

@Suite("What the way to the peer means for a tunnel")
struct RouteRulesTests {
  private let four = Endpoint(ipv4: 0xc000_0202, port: 2998)
  private let six = Endpoint(ipv6High: 0x2001_0db8 << 32, low: 2, port: 2998)

  @Test("the route: none, into the tunnel; a cure with a whole address")
  func route() {
    func route(_ peer: Endpoint, _ interface: String?) -> Finding {
      CheckRules.route(
        to: peer, by: interface.map { .init(interface: $0, target: .host) }, device: "qt0", remote: "REMOTE_ADDRESS=x",
        pathMTU: 1500, trouble: nil)
    }
    #expect([route(four, "eth0"), route(four, "qt0"), route(four, nil)].map(\.severity) == [.ok, .problem, .problem])
    #expect(route(four, nil).cure == "ip route get 192.0.2.2" && route(six, nil).cure == "ip route get 2001:db8::2")
    #expect(route(six, "qt0").cure?.hasPrefix("ip route get 2001:db8::2  #") == true)
    // The interface of index 1 is lo wherever there are network namespaces.
    let local = Endpoint(ipv6High: 0xfe80 << 48, low: 1, port: 2998, scope: 1)
    #expect(route(local, nil).cure == "ip route get fe80::1 oif lo")
  }

  @Test("who waits needs a port that can be known")
  func waiting() {
    #expect(CheckRules.waiting(localPort: 2998).severity == .ok)
    #expect(CheckRules.waiting(localPort: 2998).why?.contains("the other side needs REMOTE_ADDRESS") == true)
    #expect(CheckRules.waiting(localPort: 0).severity == .problem)
  }
}
