package import LinuxSystem
package import TunnelCore

/// Whether the tunnel that is looked at runs meanwhile. It does if device, port and process agree: the process that
/// holds the device is a quicktun and has the UDP port.
package enum RunningTunnel: Sendable, Equatable {
  /// Nobody has the device, or a program that is no tunnel.
  case none
  /// This one, and its sockets on that port. There are two where the peer is fixed.
  case this(InterfaceFacts.Holder, [UDPSocketFacts])
  /// Some program has the device; which, only root sees. And somebody has the port.
  case unseen(UDPSocketFacts)
  /// The same, where any port is asked for.
  case unseenOnAnyPort
  /// Some program has the device, which only root sees; but nobody has the port.
  case unseenElsewhere
  /// A quicktun, on other ports.
  case another(InterfaceFacts.Holder, ports: [UInt16])

  /// What the settings ask for: LOCAL_PORT, where 0 is any, and LOCAL_ADDRESS, nil for any.
  package struct Wanted: Sendable {
    package var port: UInt16
    package var address: Endpoint?

    package init(port: UInt16, address: Endpoint?) { (self.port, self.address) = (port, address) }

    fileprivate func isMet(by socket: UDPSocketFacts) -> Bool {
      guard port == 0 || socket.local.port == port else { return false }
      guard let address, !address.isUnspecified, !socket.local.isUnspecified else { return true }
      return (address.high, address.low) == (socket.local.high, socket.local.low)
    }
  }

  /// `device` is as it is now, `sockets` all that this network namespace has, `ownProgram` the name of the program that
  /// asks, which may be a quicktun with protocols of somebody else's.
  package init(device: InterfaceFacts?, wanted: Wanted, sockets: [UDPSocketFacts], ownProgram: String) {
    self = device.map { Self.judge($0, wanted, sockets, ownProgram) } ?? .none
  }

  private static func judge(
    _ device: InterfaceFacts, _ wanted: Wanted, _ sockets: [UDPSocketFacts], _ ownProgram: String
  ) -> RunningTunnel {
    guard let holder = device.holder else { return unseen(device, wanted, sockets.first { wanted.isMet(by: $0) }) }
    guard isTunnel(holder.program) || holder.program == ownProgram else { return .none }
    let own = sockets.filter { holder.sockets.contains($0.inode) }
    let fitting = own.filter { wanted.isMet(by: $0) }
    return fitting.isEmpty ? .another(holder, ports: Set(own.map(\.local.port)).sorted()) : .this(holder, fitting)
  }

  /// A device that is down does not tell whether it is attached: then somebody else's socket proves nothing.
  private static func unseen(
    _ device: InterfaceFacts, _ wanted: Wanted, _ socket: UDPSocketFacts?
  ) -> RunningTunnel {
    guard device.isAttached != false else { return .none }
    if wanted.port == 0 { return device.isAttached == true ? .unseenOnAnyPort : .none }
    guard let socket else { return device.isAttached == true ? .unseenElsewhere : .none }
    return device.isAttached == true || device.owner == socket.user ? .unseen(socket) : .none
  }

  /// This program, the one that it replaces, and that one's builds with a single protocol ("quicktun.salty").
  private static func isTunnel(_ program: String) -> Bool { program == "quicktun" || program.hasPrefix("quicktun.") }

  /// The UDP port that it has, for certain or to all appearance.
  package var port: UInt16? {
    switch self {
    case .this(_, let sockets): sockets.first?.local.port
    case .unseen(let socket): socket.local.port
    case .none, .unseenOnAnyPort, .unseenElsewhere, .another: nil
    }
  }

  /// Whether it runs, for certain or to all appearance.
  package var isRunning: Bool { port != nil || self == .unseenOnAnyPort }
}
