import Configuration
import Check
import Diagnosis
import Glibc
import LinuxSystem
import SystemPackage
import Testing
import TunnelCore

@Suite("What facts mean for a tunnel")
struct CheckRulesTests {
  private let four = Endpoint(ipv4: 0xc000_0202, port: 2998)
  private let six = Endpoint(ipv6High: 0x2001_0db8 << 32, low: 2, port: 2998)

  @Test("the node: missing, closed, mounted nodev, something else in its place, no driver")
  func node() {
    func node(_ kind: DeviceNode.Kind?, _ errno: Int32 = 0, isPermitted: Bool = true) -> Finding {
      CheckRules.node(.init(kind: kind, errno: errno, isPermitted: isPermitted), hasDriver: true, user: "ann")
    }
    #expect(node(.driver).severity == .ok)
    #expect(node(nil, ENOENT).cure?.hasPrefix("mkdir -p /dev/net && mknod") == true)
    #expect(node(.driver, EACCES, isPermitted: false).cure?.contains("chmod 666") == true)
    #expect(node(nil, EACCES, isPermitted: false).why?.contains("not open to ann") == true)
    #expect(node(.driver, EACCES).why?.contains("nodev") == true)
    #expect(node(.driver, ENODEV).cure == "modprobe tun")
    #expect(node(.driver, EPERM).cure?.contains("DeviceAllow") == true)
    #expect(node(.other).cure?.hasPrefix("rm /dev/net/tun && mknod") == true)
    #expect(node(.directory).cure?.hasPrefix("rmdir /dev/net/tun && mknod") == true)
    #expect(CheckRules.node(.init(kind: .driver), hasDriver: false, user: "ann").cure == "modprobe tun")
  }

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

  @Test("the cure for an unreachable peer, whatever its address; none where it is not known")
  func unreachable() {
    func cure(_ peer: Endpoint?) -> String? { PathTrouble.sending(to: peer, .networkUnreachable).cure }
    #expect(cure(four) == "ip route get 192.0.2.2")
    #expect(cure(six) == "ip route get 2001:db8::2")
    let local = Endpoint(ipv6High: 0xfe80 << 48, low: 1, port: 2998, scope: 1)
    #expect(cure(local) == "ip route get fe80::1 oif lo")
    #expect(cure(nil) == nil)
  }

  @Test("who waits needs a port that can be known")
  func waiting() {
    #expect(CheckRules.waiting(localPort: 2998).severity == .ok)
    #expect(CheckRules.waiting(localPort: 2998).why?.contains("the other side needs REMOTE_ADDRESS") == true)
    #expect(CheckRules.waiting(localPort: 0).severity == .problem)
  }

  @Test("kernel, offloads, clock, log")
  func others() {
    #expect(CheckRules.kernel(device: "qt0", .init(reversePathFilter: 1, isOn: false)).exitStatus == 1)
    #expect(CheckRules.kernel(device: "qt0", .init(reversePathFilter: 2, isOn: true)).exitStatus == 0)
    let old = OffloadFacts(tunHeader: true, tunUDP: false, socketGRO: true)
    #expect(CheckRules.offloads(old, .on).exitStatus == 1 && CheckRules.offloads(old, .auto).exitStatus == 0)
    #expect(CheckRules.offloads(old, .off) == [] && CheckRules.offloads(nil, .on) == [])
    func clock(isSet: Bool, isThere: Bool) -> Finding {
      CheckRules.clock("nacltai", isSet: isSet, stateDirectory: "/state", isThere: isThere)
    }
    #expect(clock(isSet: true, isThere: false).severity == .ok)
    #expect(clock(isSet: false, isThere: true).severity == .warning)
    #expect(clock(isSet: false, isThere: false).severity == .problem)
    var settings = TunnelSettings()
    #expect(CheckRules.log(settings, isThere: false) == [])
    settings.logTarget = .syslog
    #expect(CheckRules.log(settings, isThere: false).exitStatus == 1 && CheckRules.log(settings, isThere: true) == [])
  }

  @Test(
    "scripts: only a first word that is plainly a command is judged",
    arguments: [
      ("/there/ok up", [Finding.Severity]()), ("/there/no-x; true", [.problem]), ("/gone", [.problem]),
      ("  gone now", [.warning]), ("found", []), ("cd /gone", []), ("if true; then :; fi", []), ("X=1 /gone", []),
      ("\"/gone\"", []), ("$HOME/gone", []), ("(gone)", []), ("", []), ("gone&", [.warning]), ("./gone", [.problem]),
    ])
  func scripts(script: String, severities: [Finding.Severity]) {
    var settings = TunnelSettings()
    settings.tunUpScript = script
    let states = ["/there/ok": CheckRules.CommandState.executable, "/there/no-x": .notExecutable, "found": .executable]
    #expect(CheckRules.script(settings) { states[$0] ?? .missing }.map(\.severity) == severities)
  }

  @Test("beside a tunnel that runs: what comes in is the peer's")
  func traffic() {
    func judge(received: UInt64, sent: UInt64, before: UInt64 = 0, drops: UInt64 = 0) -> [Finding] {
      CheckRules.traffic(
        .init(traffic: .init(received: before, sent: 0), drops: 5),
        .init(traffic: .init(received: before + received, sent: sent), drops: 5 + drops), seconds: 3, peer: "peer",
        .init(unit: "quicktun@qt0.service"))
    }
    #expect(judge(received: 1, sent: 0).map(\.severity) == [.ok])
    #expect(judge(received: 0, sent: 4).map(\.severity) == [.warning])
    #expect(judge(received: 0, sent: 4).first?.cure?.contains("journalctl -u quicktun@qt0.service") == true)
    #expect(judge(received: 0, sent: 0, before: 9).map(\.severity) == [.warning])
    #expect(judge(received: 1, sent: 1, drops: 2).map(\.severity) == [.ok, .warning])
  }

  @Test("text fits 80 columns, has colours only where asked for; JSON escapes")
  func rendering() {
    let long = Finding(
      "device", .problem, String(repeating: "word ", count: 40), why: "a \"quoted\" \u{7} \\", cure: "ip link")
    let text = [long].text(isColoured: false)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 } && !text.contains("\u{1b}"))
    #expect([long].text(isColoured: true).contains("\u{1b}[31m"))
    #expect([long].json.contains(#""why": "a \"quoted\" ? \\""#))
    var raw = long
    raw.why = "\u{7}"
    #expect([raw].json.contains(#""why": "\u0007""#))
    #expect([Finding]().exitStatus == 0)
  }
}
