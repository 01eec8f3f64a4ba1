import Configuration
import LinuxSystem
import TunnelCore
import TunnelSetup

/// What is looked up once of a tunnel that is yet to be started, or runs: its device, both its addresses, and whether it
/// runs. Starts nothing, sends nothing, changes nothing.
struct CheckedTunnel {
  let settings: TunnelSettings
  /// Looking a device up goes through all processes.
  let device: InterfaceLookup
  /// LOCAL_ADDRESS and REMOTE_ADDRESS, resolved, or why they cannot be.
  let local: Result<Endpoint?, Complaint>
  let peer: Result<Endpoint?, Complaint>
  let running: RunningTunnel

  init(_ settings: TunnelSettings) {
    self.settings = settings
    let device = settings.interface.map { InterfaceLookup($0) } ?? .missing
    self.device = device
    let local = Result { () throws(Complaint) in try SocketSetup.local(settings) }
    self.local = local
    peer = Result { () throws(Complaint) in try SocketSetup.peer(settings, local: try? local.get()) }
    running = RunningTunnel(
      device: device.facts, wanted: .init(port: settings.localPort, address: try? local.get()),
      sockets: UDPSocketFacts.all(), ownProgram: TextFile.read("/proc/self/comm") ?? "quicktun")
  }

  /// Empty for the kernel's choice.
  var name: String { settings.interface ?? "" }
  /// Nil if it has not been resolved, or is not given.
  var localEndpoint: Endpoint? { (try? local.get()) ?? nil }
  var peerEndpoint: Endpoint? { (try? peer.get()) ?? nil }
}
