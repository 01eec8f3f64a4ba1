import Configuration
import Diagnosis
import SystemPackage
import Testing
import TunnelCore

@Suite("What is wrong on the way to the peer")
struct PathTroubleTests {
  private let four = Endpoint(ipv4: 0xc000_0201, port: 2998)
  private let six = Endpoint(ipv6High: 0x2001_0db8 << 32, low: 1, port: 2998)

  private func tooLong(_ peer: Endpoint?, pathMTU: Int?, bestMTU: Int?) -> String {
    PathTrouble.sending(to: peer, .messageTooLong, pathMTU: pathMTU, bestMTU: bestMTU).description
  }

  @Test("what a message says of the path is not called certain, and how to find out is told")
  func pathMTU() {
    let text = tooLong(four, pathMTU: 1300, bestMTU: 1252)
    for part in ["A message says that the path carries 1300 bytes", "can forge that", "MTU=1252"] {
      #expect(text.contains(part))
    }
    // 1273 bytes, 8 of ICMP's header and 20 or 40 of IP's: one more than the message says.
    #expect(text.contains("ping -M probe -s 1273 192.0.2.1"))
    #expect(tooLong(six, pathMTU: 1300, bestMTU: 1232).contains("ping -M probe -s 1253 2001:db8::1"))
    #expect(!text.contains("ip link set"))
    #expect(tooLong(four, pathMTU: nil, bestMTU: nil).contains("MTU=auto"))
    #expect(tooLong(nil, pathMTU: 1300, bestMTU: 1252).hasPrefix("UDP to the peer: Message too long"))
  }

  @Test("the cure for an unreachable peer, whatever its address; none where it is not known")
  func unreachable() {
    func cure(_ peer: Endpoint?) -> String? { PathTrouble.sending(to: peer, .networkUnreachable).cure }
    #expect(cure(four) == "ip route get 192.0.2.1")
    #expect(cure(six) == "ip route get 2001:db8::1")
    let local = Endpoint(ipv6High: 0xfe80 << 48, low: 1, port: 2998, scope: 1)
    #expect(cure(local) == "ip route get fe80::1 oif lo")
    #expect(cure(nil) == nil)
  }

  @Test("each error has its words, and what the kernel said stands first")
  func words() {
    for errno in [Errno.connectionRefused, .networkDown, .notPermitted, .ioError] {
      #expect(PathTrouble.sending(to: four, errno).what == "UDP to 192.0.2.1:2998: \(errno)")
    }
    #expect(PathTrouble.sending(to: four, .connectionRefused).why?.contains("not listening") == true)
    #expect(PathTrouble.sending(to: four, .permissionDenied).cure == "nft list ruleset")
  }
}
