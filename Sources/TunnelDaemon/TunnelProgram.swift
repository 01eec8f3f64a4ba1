import Configuration
import Glibc
import Logging
public import ProtocolKit
import Sodium

public enum TunnelProgram {
  public static func run(protocols: [ProtocolDescription]) -> Never {
    func env(_ n: String) -> String? { unsafe getenv("IF_QT_" + n).map { unsafe String(cString: $0) } }
    var s = TunnelSettings()
    s.protocolName = env("PROTOCOL") ?? "salty"
    s.interface = unsafe getenv("IFACE").map { unsafe String(cString: $0) }
    s.mode = env("TUN_MODE") == "1" ? .tun : .tap
    s.localAddress = env("LOCAL_ADDRESS")
    s.remoteAddress = env("REMOTE_ADDRESS")
    s.localPort = env("LOCAL_PORT").flatMap { UInt16($0) } ?? 2998
    s.remotePort = env("REMOTE_PORT").flatMap { UInt16($0) } ?? 2998
    s.remoteFloat = env("REMOTE_FLOAT") != nil
    s.peerKey = env("PUBLIC_KEY").flatMap { try? PublicKey(hex: $0) }
    s.privateKey = env("PRIVATE_KEY").flatMap { try? unsafe SecretKey(hex: $0.utf8Span.span.bytes) }
    s.offload = env("OFFLOAD") == "off" ? .off : .auto
    let log = Logger(label: "quicktun") { _ in StderrLog(logLevel: .notice) }
    guard let d = protocols.first(where: { $0.name == s.protocolName }) else { exit(1) }
    do {
      try Daemon(s, d, log: log).run(environment: [])
      exit(0)
    } catch {
      log.error("\(error)")
      exit(1)
    }
  }
}
