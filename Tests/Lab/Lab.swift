import Foundation

/// Two hosts and the cable between them, as network namespaces. Nothing outside them is touched.
///
///      a                                        b
///      wire 192.0.2.1, 2001:db8::1  ────  wire 192.0.2.2, 2001:db8::2
///      qt0  10.9.0.1, fd09::1       ════  qt0  10.9.0.2, fd09::2        (the tunnel)
package final class Lab {
  package final class Host {
    package let namespace: String
    package let number: Int
    package private(set) var daemons: [Daemon] = []
    private var servers: [Running] = []

    fileprivate init(namespace: String, number: Int) {
      self.namespace = namespace
      self.number = number
    }

    package var address: String { "192.0.2.\(number)" }
    package var address6: String { "2001:db8::\(number)" }
    package var inner: String { "10.9.0.\(number)" }
    package var inner6: String { "fd09::\(number)" }

    /// Runs a command line in this namespace.
    @discardableResult
    package func run(_ line: String) throws -> Finished { try TunnelLab.run("ip netns exec \(namespace) \(line)") }

    @discardableResult
    package func must(_ line: String) throws -> String { try TunnelLab.must("ip netns exec \(namespace) \(line)") }

    /// Runs words that hold blanks.
    @discardableResult
    package func run(words: [String]) throws -> Finished {
      try TunnelLab.run(["ip", "netns", "exec", namespace] + words)
    }

    /// Starts a daemon here.
    package func start(_ program: Daemon.Program = .ours, _ settings: [String: String]) throws -> Daemon {
      let daemon = try Daemon(in: self, program, settings)
      daemons.append(daemon)
      return daemon
    }

    /// Starts a shell command here that becomes a daemon.
    package func start(shell command: String) throws -> Daemon { try start(words: ["sh", "-c", command]) }

    /// Starts a daemon from exactly these words.
    package func start(words: [String], environment: [String: String]? = nil) throws -> Daemon {
      let daemon = try Daemon(in: self, words: words, environment: environment)
      daemons.append(daemon)
      return daemon
    }

    /// Runs words here while the caller does something else.
    package func running(_ words: [String]) throws -> Running {
      try Running(["ip", "netns", "exec", namespace] + words)
    }

    /// Starts tcpdump here with these words. What passes once this has returned is in its output.
    package func sniffing(_ words: [String]) throws -> Running {
      let sniffer = try Running(
        ["ip", "netns", "exec", namespace, "tcpdump", "--immediate-mode", "-l", "-n"] + words, keepsErrors: true)
      guard eventually(within: patience, { sniffer.complaints.contains("listening on") }) else {
        throw CommandFailed(
          line: "tcpdump does not listen", finished: Finished(status: 1, output: "", errors: sniffer.complaints))
      }
      return sniffer
    }

    /// Lets iperf3 answer here for as long as the host is there. In a session of its own, since the scheduler shares
    /// the processors out by session first (sched_autogroup): it would starve beside a sender and two daemons.
    package func serveIperf() throws {
      servers.append(try running(["setsid", "iperf3", "-s"]))
      _ = try eventually { try run("ss -ltn").output.contains(":5201") }
    }

    /// Gives the tunnel's device its addresses once it is there.
    package func configure(_ device: String = "qt0", mtu: Int? = nil) throws {
      guard try eventually(within: patience, { try run("ip link show \(device)").isSuccess }) else {
        throw CommandFailed(line: "\(device) did not appear", finished: Finished(status: 1, output: "", errors: log))
      }
      try must("ip link set \(device) up" + (mtu.map { " mtu \($0)" } ?? ""))
      try must("ip address add \(inner)/24 dev \(device)")
      // A tunnel of less than 1280 bytes has no IPv6.
      _ = try run("ip address add \(inner6)/64 dev \(device) nodad")
    }

    /// Ends the kernel's own chatter on the tunnel's new device, for tests that count its packets: no IPv6 any more.
    package func quiet(_ device: String = "qt0") throws {
      try must("sysctl -qw net.ipv6.conf.\(device).disable_ipv6=1")
    }

    private var log: String { daemons.map(\.log).joined(separator: "\n") }

    /// Whether each UDP socket here is empty: all that was sent to it has been read.
    package func hasReadAll() throws -> Bool {
      try must("ss -Huan").split(separator: "\n").allSatisfy { $0.split(separator: " ").dropFirst().first == "0" }
    }

    /// Whether a ping from here is answered, which has to be: with time for a machine that pauses.
    package func reaches(_ target: String, count: Int = 1, size: Int = 56) throws -> Bool {
      try pings(target, count: count, size: size, wait: 10)
    }

    /// Whether a ping from here is answered within a second. One packet unless told otherwise.
    package func pings(_ target: String, count: Int = 1, size: Int = 56, wait: Int = 1) throws -> Bool {
      try run("ping -n -q -c \(count) -i 0.2 -W \(wait) -s \(size) \(target)").isSuccess
    }

    /// How many answers to pings have come here (ICMP over IPv4).
    package func answers() throws -> Int {
      let rows = try must("cat /proc/net/snmp").split(separator: "\n").filter { $0.hasPrefix("Icmp:") }
        .map { $0.split(separator: " ") }
      return zip(rows[0], rows[1]).first { $0.0 == "InEchoReps" }.flatMap { Int($0.1) } ?? -1
    }

    /// What the tunnel's device has brought from the peer: packets that the daemon wrote.
    package func packetsReceived(_ device: String = "qt0") throws -> Int {
      let text = try must("cat /sys/class/net/\(device)/statistics/rx_packets")
      return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }
  }

  package let a: Host
  package let b: Host
  private var others: [Host] = []
  /// For files that daemons need. Gone with the lab.
  package let directory: String

  package init() throws {
    let name = "qt-\(getpid())-\(UInt32.random(in: 0..<1_000_000))"
    a = Host(namespace: name + "-a", number: 1)
    b = Host(namespace: name + "-b", number: 2)
    directory = NSTemporaryDirectory() + name
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for host in [a, b] {
      try must("ip netns add \(host.namespace)")
      try host.must("ip link set lo up")
    }
    try must("ip link add wire netns \(a.namespace) type veth peer name wire netns \(b.namespace)")
    for host in [a, b] {
      try host.must("ip address add \(host.address)/24 dev wire")
      try host.must("ip address add \(host.address6)/64 dev wire nodad")
      try host.must("ip link set wire up")
    }
  }

  /// One host more, joined to nothing.
  package func addHost() throws -> Host {
    let host = Host(namespace: a.namespace + "\(others.count)", number: 3 + others.count)
    others.append(host)
    try must("ip netns add \(host.namespace)")
    try host.must("ip link set lo up")
    return host
  }

  /// Writes a file into the lab's directory. Returns its path.
  package func file(_ name: String, _ text: String = "") throws -> String {
    let path = directory + "/" + name
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  deinit {
    for host in [a, b] + others {
      for daemon in host.daemons { daemon.kill() }
      let stragglers = (try? run("ip netns pids \(host.namespace)").output.split(separator: "\n")) ?? []
      for process in stragglers.compactMap({ pid_t($0) }) { Foundation.kill(process, SIGKILL) }
      _ = try? run("ip netns del \(host.namespace)")
    }
    try? FileManager.default.removeItem(atPath: directory)
  }
}
