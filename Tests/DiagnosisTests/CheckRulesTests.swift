import Configuration
import Diagnosis
import Glibc
import LinuxSystem
import Testing

@Suite("What facts mean for a tunnel")
struct CheckRulesTests {
  private let root = CheckRules.Caller(user: 0, name: "root", groups: [0], hasNetAdmin: true)
  private let ann = CheckRules.Caller(user: 1000, name: "ann", groups: [1000, 50], hasNetAdmin: false)

  private func device(
    _ facts: InterfaceFacts?, _ caller: CheckRules.Caller, best: Int? = 1452, wantsMTU: Bool = false
  ) -> [Finding] {
    CheckRules.device("qt0", .tun, facts, caller, ownerName: "bob", bestMTU: best, wantsMTU: wantsMTU)
  }

  private func facts(_ change: (inout InterfaceFacts) -> Void = { _ in }) -> InterfaceFacts {
    var facts = InterfaceFacts(name: "qt0", kind: .tun)
    facts.mtu = 1400
    change(&facts)
    return facts
  }

  @Test("a device that does not exist: root makes it, others cannot")
  func missing() {
    #expect(device(nil, root).map(\.severity) == [.ok])
    #expect(device(nil, ann).map(\.severity) == [.problem])
  }

  @Test("no carrier yet, and down, are no warnings")
  func fresh() { #expect(device(facts(), root).map(\.severity) == [.ok, .ok]) }

  @Test("owner and group: both have to match where both are set")
  func owners() {
    #expect(device(facts { $0.owner = 1000 }, ann).exitStatus == 0)
    #expect(device(facts { $0.owner = 1001 }, ann).exitStatus == 2)
    #expect(device(facts { $0.owner = 1001 }, root).exitStatus == 0)
    #expect(device(facts { $0.group = 50 }, ann).exitStatus == 0)
    #expect(device(facts { ($0.owner, $0.group) = (1000, 51) }, ann).exitStatus == 2)
  }

  @Test("held, of another mode, too large an MTU")
  func unfit() {
    #expect(device(facts { $0.holder = .init(process: 7, program: "x") }, root).exitStatus == 2)
    #expect(device(facts { $0.holder = .init(process: 7, program: "quicktun") }, root).exitStatus == 0)
    #expect(device(facts { $0.kind = .tap }, root).exitStatus == 2)
    #expect(device(facts { $0.mtu = 1500 }, root).map(\.severity) == [.ok, .warning])
    #expect(device(facts { $0.mtu = 1500 }, root, wantsMTU: true).exitStatus == 0)
  }

  @Test("node, route, kernel, clock")
  func others() {
    #expect(CheckRules.node(errno: 0, hasDriver: true, user: "ann").severity == .ok)
    #expect(CheckRules.node(errno: ENOENT, hasDriver: true, user: "ann").cure?.contains("mknod") == true)
    #expect(CheckRules.node(errno: EACCES, hasDriver: true, user: "ann").cure?.contains("chmod") == true)
    #expect(CheckRules.node(errno: 0, hasDriver: false, user: "ann").cure == "modprobe tun")
    func route(_ interface: String?) -> Finding {
      CheckRules.route(to: "192.0.2.2:2998", by: interface, device: "qt0", remote: "REMOTE_ADDRESS=x", pathMTU: 1500)
    }
    #expect([route("eth0"), route("qt0"), route(nil)].map(\.severity) == [.ok, .problem, .problem])
    #expect(CheckRules.kernel(device: "qt0", reversePathFilter: 1, forwards: false).exitStatus == 1)
    #expect(CheckRules.kernel(device: "qt0", reversePathFilter: 2, forwards: true).exitStatus == 0)
    let old = OffloadFacts(tunHeader: true, tunUDP: false, socketGRO: true)
    #expect(CheckRules.offloads(old, .on).exitStatus == 1 && CheckRules.offloads(old, .auto).exitStatus == 0)
    #expect(CheckRules.offloads(old, .off) == [] && CheckRules.offloads(nil, .on) == [])
    #expect(CheckRules.clock(unixSeconds: 1000, isNeeded: true).exitStatus == 2)
    #expect(CheckRules.clock(unixSeconds: 1000, isNeeded: false) == [])
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
