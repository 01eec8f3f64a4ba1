package import Configuration
import LinuxSystem
package import TunnelCore

extension Cure {
  /// What shows the way to `endpoint`: "ip route get 192.0.2.1", "ip route get fe80::1 oif eth0".
  package static func askRoute(to endpoint: Endpoint) -> String {
    // ip(8) takes no zone behind an address.
    let address = endpoint.addressText.prefix { $0 != "%" }
    let zone = endpoint.scope == 0 ? "" : " oif \(Routing.interfaceName(endpoint.scope) ?? String(endpoint.scope))"
    return "ip route get \(address)\(zone)"
  }
}
