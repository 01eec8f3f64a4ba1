import Testing
import TunnelCore

@Suite("What the network puts before a datagram")
struct UDPHeadersTests {
  @Test("IPv4: 20 and 8 bytes; IPv6: 40 and 8; a mapped address travels in IPv4")
  func byteCount() {
    #expect(UDPHeaders.byteCount(towards: Endpoint(ipv4: 0xc000_0201, port: 2998)) == 28)
    #expect(UDPHeaders.byteCount(towards: Endpoint(ipv6High: 0x2001_0db8 << 32, low: 1, port: 2998)) == 48)
    #expect(UDPHeaders.byteCount(towards: Endpoint(ipv6High: 0, low: 0xffff_c000_0201, port: 2998)) == 28)
  }
}
