import Testing
import TunnelLab

extension Lab {
  /// Two hosts with a tunnel's daemons and devices; whether anything passes is another question.
  static func started(
    _ tunnel: Tunnel, a: Daemon.Program = .ours, b: Daemon.Program = .ours, mtu: Int?
  ) throws -> Lab {
    let lab = try Lab()
    _ = try lab.a.start(a, tunnel.a)
    _ = try lab.b.start(b, tunnel.b)
    for host in [lab.a, lab.b] { try host.configure(mtu: mtu) }
    return lab
  }

  /// The same, and pings pass.
  static func up(_ tunnel: Tunnel, mtu: Int?) throws -> Lab {
    let lab = try started(tunnel, mtu: mtu)
    let isUp = try eventually { try lab.a.pings(lab.b.inner) }
    #expect(isUp, "\(lab.a.daemons[0].log)\n\(lab.b.daemons[0].log)")
    return lab
  }
}
