import Configuration
import Check
import Diagnosis
import LinuxSystem
import Testing
import TunnelCore

@Suite("What a device means for a tunnel")
struct DeviceRulesTests {
  private let root = CheckRules.Caller(user: 0, name: "root", groups: [0], hasNetAdmin: true)
  private let ann = CheckRules.Caller(user: 1000, name: "ann", groups: [1000, 50], hasNetAdmin: false)
  private let wanted = CheckRules.WantedDevice(name: "qt0", mode: .tun, port: 2998)
  private let holder = InterfaceFacts.Holder(process: 7, program: "quicktun")

  private func device(
    _ facts: InterfaceFacts?, _ caller: CheckRules.Caller, _ running: RunningTunnel = .none
  ) -> [Finding] { CheckRules.device(wanted, facts.map { .found($0) } ?? .missing, caller, running) }

  private func facts(_ change: (inout InterfaceFacts) -> Void = { _ in }) -> InterfaceFacts {
    var facts = InterfaceFacts(name: "qt0", mode: .tun)
    facts.mtu = 1400
    change(&facts)
    return facts
  }

  private func socket(user: UInt32) -> UDPSocketFacts {
    UDPSocketFacts(local: Endpoint(ipv4: 0, port: 2998), user: user, inode: 1)
  }

  @Test("a device that does not exist: root makes it, others cannot; one that /sys hides is there all the same")
  func missing() {
    #expect(device(nil, root).map(\.severity) == [.ok])
    #expect(device(nil, ann).map(\.severity) == [.problem])
    #expect(CheckRules.device(wanted, .hiddenFromSys, root, .none).map(\.cure) == ["mount -t sysfs sysfs /sys"])
  }

  @Test("no carrier yet, and down, are no warnings before a start")
  func fresh() { #expect(device(facts(), root).map(\.severity) == [.ok]) }

  @Test("owner and group: both have to match where both are set")
  func owners() {
    #expect(device(facts { $0.owner = 1000 }, ann).exitStatus == 0)
    #expect(device(facts { $0.owner = 1001 }, ann).exitStatus == 2)
    #expect(device(facts { $0.owner = 1001 }, root).exitStatus == 0)
    #expect(device(facts { $0.group = 50 }, ann).exitStatus == 0)
    #expect(device(facts { ($0.owner, $0.group) = (1000, 51) }, ann).exitStatus == 2)
  }

  @Test("held by another program, by another tunnel, by this one; of another mode")
  func held() {
    #expect(device(facts { $0.holder = .init(process: 7, program: "x") }, root).exitStatus == 2)
    let held = facts { $0.holder = holder }
    #expect(device(held, root, .this(holder, [])).exitStatus == 0)
    let another = device(held, root, .another(holder, ports: [4000]))
    #expect(another.last?.fact == "Process 7 (quicktun) holds qt0 and has UDP port 4000, not 2998")
    #expect(another.exitStatus == 2)
    #expect(device(facts { $0.mode = .tap }, root).exitStatus == 2)
  }

  @Test("held by whom only root sees: the caller's own socket leaves little doubt, another's some")
  func unseen() {
    #expect(device(facts(), ann, .unseen(socket(user: 1000))).exitStatus == 0)
    #expect(device(facts(), ann, .unseen(socket(user: 0))).exitStatus == 1)
    #expect(device(facts(), ann, .unseenOnAnyPort).exitStatus == 1)
    #expect(device(facts(), ann, .unseenElsewhere).first?.why?.contains("only root sees which") == true)
  }

  @Test("a tunnel that runs: its device has to be up, and to have an address, a bridge or a route")
  func inUse() {
    let up = facts { $0.isUp = true }
    func use(_ address: Bool, _ port: Bool, _ route: Bool) -> [Finding] {
      CheckRules.inUse(up, .init(hasAddress: address, isPort: port, hasRoute: route))
    }
    #expect(use(true, false, false) == [] && use(false, true, false) == [] && use(false, false, true) == [])
    #expect(use(false, false, false).map(\.severity) == [.warning])
    let down = CheckRules.inUse(facts(), .init(hasAddress: true, isPort: false, hasRoute: false))
    #expect(down.map(\.severity) == [.problem] && down.first?.cure == "ip link set qt0 up")
  }

  @Test("MTU: as the device has it, as it is asked for, as a tunnel that runs left it")
  func mtu() {
    func mtu(_ actual: Int?, _ setting: TunnelSettings.MTU?, isRunning: Bool = false) -> [Finding.Severity] {
      CheckRules.mtu("qt0", actual: actual, setting: setting, best: 1452, isRunning: isRunning).map(\.severity)
    }
    #expect(mtu(nil, nil) == [] && mtu(1400, nil) == [.ok] && mtu(1500, nil) == [.warning])
    #expect(mtu(nil, .bytes(1500)) == [.warning] && mtu(1400, .bytes(1500)) == [.warning])
    // The start is going to change it; once it runs, it should have.
    #expect(mtu(1500, .bytes(1452)) == [] && mtu(1500, .auto) == [])
    #expect(mtu(1500, .bytes(1452), isRunning: true) == [.warning] && mtu(1500, .auto, isRunning: true) == [.warning])
    #expect(mtu(1452, .auto, isRunning: true) == [.ok])
  }
}
