import Configuration
import Glibc
import LinuxSystem
import TunnelCore

/// What can be told of the peer while the tunnel runs. It is not called: to the peer this host is the tunnel's address
/// and port, which are taken. But what passes the device comes from it.
package struct RunningPeer {
  private let device: String
  private let running: RunningTunnel
  private let peer: String

  /// Seconds.
  private static let patience = 3

  package init(device: String, running: RunningTunnel, peer: String) {
    (self.device, self.running, self.peer) = (device, running, peer)
  }

  /// Looks until something comes in, at most for three seconds.
  package func findings() -> [Finding] {
    guard let before = sample() else { return [] }
    var after = before
    for _ in 0..<Self.patience * 10 where after.traffic.received == before.traffic.received {
      usleep(100_000)
      after = sample() ?? after
    }
    return CheckRules.traffic(before, after, seconds: Self.patience, peer: place, service())
  }

  private func sample() -> CheckRules.RunningSample? {
    InterfaceTraffic(of: device).map { traffic in
      let inodes = Set(sockets.map(\.inode))
      let now = UDPSocketFacts.all().filter { inodes.contains($0.inode) }
      return .init(traffic: traffic, drops: now.reduce(0) { $0 + $1.drops })
    }
  }

  private var sockets: [UDPSocketFacts] {
    switch running {
    case .this(_, let sockets): sockets
    case .unseen(let socket): [socket]
    case .none, .unseenOnAnyPort, .unseenElsewhere, .another: []
    }
  }

  /// Where a fixed peer is stands in the socket that is connected to it.
  private var place: String { sockets.lazy.compactMap { $0.remote?.text }.first ?? peer }

  private func service() -> CheckRules.RunningService {
    guard case .this(let holder, _) = running, let unit = ServiceUnit(ofProcess: holder.process) else { return .init() }
    return .init(unit: unit.name, status: unit.statusText)
  }
}
