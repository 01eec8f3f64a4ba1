/// The order in which `ifup -a` brings interfaces up: that of the auto lines. A tunnel that comes before every uplink
/// starts without a network.
struct InterfacesOrder {
  /// Where each interface stands first.
  private var places: [String: Int] = [:]
  private let automatic: [InterfacesFile.Automatic]
  private let uplink: Int?

  init(_ file: InterfacesFile, _ tunnels: [InterfacesFile.Stanza]) {
    automatic = file.automatic
    for (place, line) in automatic.enumerated() where places[line.interface] == nil { places[line.interface] = place }
    let names = Set(tunnels.map(\.interface))
    // A bridge that a tunnel belongs to has to come after it.
    let bridges = file.stanzas.filter { bridge in
      bridge.option("bridge_ports")?.value.split(separator: " ").contains { names.contains(String($0)) } ?? false
    }
    let inner = names.union(bridges.map(\.interface)).union(["lo"])
    uplink = automatic.firstIndex { !inner.contains($0.interface) }
  }

  func findings(_ stanza: InterfacesFile.Stanza) -> [Finding] {
    guard let own = places[stanza.interface], let uplink, own < uplink else { return [] }
    let line = automatic[own]
    return [
      Finding(
        "interfaces", .warning, "\(line.file):\(line.line): auto \(stanza.interface) comes before its uplink",
        why: "Interfaces come up in the order of their auto lines; \(automatic[uplink].interface) comes later.",
        cure: "Put auto \(stanza.interface) behind auto \(automatic[uplink].interface).")
    ]
  }
}
