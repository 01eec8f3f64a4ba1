import Check
import Diagnosis
import LinuxSystem
import Testing
import TunnelCore

@Suite("Whether it is this tunnel that runs")
struct RunningTunnelTests {
  /// Two lines of Linux 6.1, on a machine whose numbers have the low byte first.
  private static let udp = """
       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
     4021: 010200C0:0BB6 020200C0:0BB7 01 00000000:00000000 00:00000000 00000000  1000        0 31337 2 0000000000000000 17
     4021: 00000000:0BB6 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31338 2 0000000000000000 0
    """
  private static let udp6 = """
      sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
     4021: B80D0120000000000000000001000000:0BB6 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000    65534        0 99 2 0000000000000000 3
    """

  @Test("the kernel's lists of sockets")
  func parsing() {
    let sockets = UDPSocketFacts.parse(Self.udp)
    #expect(sockets.map(\.local.text) == ["192.0.2.1:2998", "0.0.0.0:2998"])
    #expect(sockets.map { $0.remote?.text } == ["192.0.2.2:2999", nil])
    #expect(sockets.map(\.user) == [1000, 0] && sockets.map(\.inode) == [31337, 31338])
    #expect(sockets.map(\.drops) == [17, 0])
    #expect(UDPSocketFacts.parse(Self.udp6).map(\.local.text) == ["[2001:db8::1]:2998"])
    #expect(UDPSocketFacts.parse("columns\n 1: zz:0BB6 00000000:0000 07\n\n 12 3 4 5 6 7 8 9 10 11 12 13 14\n") == [])
  }

  private func socket(_ port: UInt16, _ inode: UInt64, user: UInt32 = 0, address: UInt32 = 0) -> UDPSocketFacts {
    UDPSocketFacts(local: Endpoint(ipv4: address, port: port), user: user, inode: inode)
  }

  private func device(_ program: String? = nil, _ sockets: Set<UInt64> = [], isAttached: Bool? = true)
    -> InterfaceFacts
  {
    var facts = InterfaceFacts(name: "qt0", mode: .tun)
    facts.holder = program.map { .init(process: 7, program: $0, sockets: sockets) }
    facts.isAttached = isAttached
    facts.owner = 1000
    return facts
  }

  private func judge(
    _ device: InterfaceFacts?, port: UInt16 = 2998, address: UInt32? = nil, _ sockets: [UDPSocketFacts]
  ) -> RunningTunnel {
    RunningTunnel(
      device: device, wanted: .init(port: port, address: address.map { Endpoint(ipv4: $0, port: port) }),
      sockets: sockets, ownProgram: "mytunnel")
  }

  @Test("device, port and process agree")
  func agreement() {
    let (ours, others) = (socket(2998, 5), socket(4000, 6))
    for program in ["quicktun", "quicktun.salty", "mytunnel"] {
      #expect(judge(device(program, [5]), [ours, others]) == .this(device(program, [5]).holder!, [ours]))
    }
    #expect(judge(device("quicktun", [6]), [ours, others]) == .another(device("quicktun", [6]).holder!, ports: [4000]))
    #expect(judge(device("quicktun", []), [ours]) == .another(device("quicktun", []).holder!, ports: []))
    #expect(judge(device("openvpn", [5]), [ours]) == .none)
    #expect(judge(nil, [ours]) == .none)
    // A fixed peer has a connected socket beside the one that strangers meet.
    var connected = socket(2998, 8, address: 0xc000_0201)
    connected.remote = Endpoint(ipv4: 0xc000_0202, port: 2998)
    #expect(judge(device("quicktun", [5, 8]), [ours, connected]).port == 2998)
    #expect(judge(device("quicktun", [8]), [connected]).port == 2998)
  }

  @Test("an address of another tunnel's is another port; any port is any")
  func addresses() {
    let socket = socket(2998, 5, address: 0x7f00_0001)
    #expect(judge(device("quicktun", [5]), address: 0x7f00_0001, [socket]).port == 2998)
    #expect(judge(device("quicktun", [5]), address: 0x7f00_0002, [socket]).port == nil)
    #expect(judge(device("quicktun", [5]), [socket]).port == 2998)
    #expect(judge(device("quicktun", [5]), port: 0, [socket]).port == 2998)
  }

  @Test("an ordinary user does not see the process: carrier and port have to do")
  func unseen() {
    let (own, roots) = (socket(2998, 5, user: 1000), socket(2998, 5))
    #expect(judge(device(), [own]) == .unseen(own))
    #expect(judge(device(), [roots]) == .unseen(roots))
    #expect(judge(device(), []) == .unseenElsewhere)
    #expect(judge(device(), port: 0, [own]) == .unseenOnAnyPort)
    #expect(judge(device(isAttached: false), [own]) == .none)
    // A device that is down does not tell whether it is attached.
    #expect(judge(device(isAttached: nil), [own]) == .unseen(own))
    #expect(judge(device(isAttached: nil), [roots]) == .none)
    #expect(judge(device(isAttached: nil), []) == .none)
  }

  @Test("the unit of a process")
  func unit() {
    let groups = "9:name=systemd:/system.slice/system-quicktun.slice/quicktun@qt0.service\n0::/\n"
    #expect(ServiceUnit(controlGroups: groups)?.name == "quicktun@qt0.service")
    #expect(ServiceUnit(controlGroups: "0::/system.slice/quicktun-ifupdown-qt0.service")?.name != nil)
    for name in ["0::/user.slice/session-1.scope", "0::/", "", "0::/a$(reboot).service", "0::/-x.service"] {
      #expect(ServiceUnit(controlGroups: name) == nil)
    }
  }
}
