package import Configuration
package import ProtocolKit
import Sodium

/// Finds what is wrong with the qt_ lines of /etc/network/interfaces, with file, line and stanza.
package struct InterfacesLint {
  private let protocols: [ProtocolDescription]
  private let readFile: FileReader
  private let names: (String) -> [String]

  /// `names` lists a directory.
  package init(
    protocols: [ProtocolDescription], readFile: @escaping FileReader, names: @escaping (String) -> [String]
  ) {
    self.protocols = protocols
    self.readFile = readFile
    self.names = names
  }

  package func findings(_ path: String) -> [Finding] {
    let file = InterfacesFile(path, read: readFile, names: names)
    let tunnels = file.stanzas.filter { stanza in stanza.options.contains { $0.name.hasPrefix("qt_") } }
    let order = InterfacesOrder(file, tunnels)
    var findings = file.findings
    for stanza in tunnels.prefix(InterfacesBounds.tunnels) {
      let found = lint(stanza, isReadable: file.readableFiles.contains(stanza.file)) + order.findings(stanza)
      findings += found.isEmpty ? [Finding("interfaces", .ok, stanza.place)] : found
    }
    if tunnels.count > InterfacesBounds.tunnels {
      findings.append(
        Finding("interfaces", .warning, "more than \(InterfacesBounds.tunnels) tunnels: the others are not looked at"))
    }
    if tunnels.isEmpty, !findings.contains(where: { $0.severity == .problem }) {
      findings.append(Finding("interfaces", .warning, "\(path): no stanza has a qt_ line"))
    }
    return findings
  }

  // MARK: One stanza

  private func lint(_ stanza: InterfacesFile.Stanza, isReadable: Bool) -> [Finding] {
    settings(stanza) + remoteAddress(stanza) + addresses(stanza) + duplicates(stanza)
      + (isReadable ? permissions(stanza) : [])
  }

  /// What the program would say of the stanza, as ifupdown hands it over, each at its own line.
  private func settings(_ stanza: InterfacesFile.Stanza) -> [Finding] {
    let options = stanza.options.filter { $0.name.hasPrefix("qt_") }
    guard options.count <= InterfacesBounds.options else {
      return [
        Finding(
          "interfaces", .problem, "\(stanza.place): more than \(InterfacesBounds.options) qt_ lines: not looked at")
      ]
    }
    let environment =
      ["IFACE=\(stanza.interface)"] + options.map { "IF_QT_\($0.name.dropFirst(3).uppercased())=\($0.value)" }
    let reading = SettingsReader.read(
      .init(
        arguments: [], environment: environment.map { GivenText($0) }, protocols: protocols, readFile: readFile))
    return reading.complaints.map { finding(.problem, $0, stanza) }
      + reading.warnings.map { finding(.warning, $0, stanza) }
  }

  /// IF_QT_NAME becomes qt_name with the line where it stands.
  private func finding(
    _ severity: Finding.Severity, _ complaint: Complaint, _ stanza: InterfacesFile.Stanza
  ) -> Finding {
    var line = stanza.line
    var fact = complaint.what
    // The longest name first: IF_QT_PRIVATE_KEY_FILE begins as IF_QT_PRIVATE_KEY does.
    for option in stanza.options.sorted(by: { $0.name.count > $1.name.count }) where option.name.hasPrefix("qt_") {
      let spelling = "IF_" + option.name.uppercased()
      if fact.hasPrefix(spelling) {
        fact = option.name + fact.dropFirst(spelling.count)
        line = option.line
        break
      }
    }
    return Finding(
      "interfaces", severity, "\(stanza.file):\(line): iface \(stanza.interface): \(fact)", why: complaint.why,
      cure: complaint.cure)
  }

  private func remoteAddress(_ stanza: InterfacesFile.Stanza) -> [Finding] {
    if stanza.option("qt_remote_address") != nil { return [] }
    return [
      Finding(
        "interfaces", .warning, "\(stanza.place): qt_remote_address is missing",
        why: "The tunnel waits for the peer to speak first. quicktun 2.2.6's hooks ignore such a stanza.",
        cure: "qt_remote_address 0.0.0.0, which says the same to both.")
    ]
  }

  /// A tun device has no neighbours to ask for; a tap device no point-to-point address.
  private func addresses(_ stanza: InterfacesFile.Stanza) -> [Finding] {
    let isTun = stanza.option("qt_tun_mode")?.value == "1"
    if isTun, let bridge = stanza.option("bridge_ports") ?? stanza.option("hwaddress") {
      return [
        Finding(
          "interfaces", .problem,
          "\(stanza.file):\(bridge.line): iface \(stanza.interface): \(bridge.name) with qt_tun_mode 1",
          why: "A tun device carries IP packets and has no Ethernet address.", cure: "qt_tun_mode 0, on both sides")
      ]
    }
    if !isTun, let other = stanza.option("pointopoint") {
      return [
        Finding(
          "interfaces", .warning,
          "\(stanza.file):\(other.line): iface \(stanza.interface): pointopoint on a tap device",
          why: "qt_tun_mode is 0 or missing, so this is an Ethernet link.", cure: "qt_tun_mode 1, on both sides")
      ]
    }
    return []
  }

  /// Whether another host has an IPv6 address already cannot be asked on a tap device before the daemon is attached, for
  /// which ifup waits first: /lib/ifupdown/settle-dad.sh gives up after 6 s. A tun device does not ask.
  private func duplicates(_ stanza: InterfacesFile.Stanza) -> [Finding] {
    guard stanza.family == "inet6", stanza.method == "static", stanza.option("qt_tun_mode")?.value != "1",
      stanza.option("dad-attempts")?.value != "0"
    else { return [] }
    return [
      Finding(
        "interfaces", .problem, "\(stanza.place): inet6 static on a tap device without dad-attempts 0",
        why: "ifup waits until no other host claims the address, before the tunnel runs: it gives up after 6 s.",
        cure: "dad-attempts 0")
    ]
  }

  private func permissions(_ stanza: InterfacesFile.Stanza) -> [Finding] {
    guard let key = stanza.option("qt_private_key") else { return [] }
    return [
      Finding(
        "interfaces", .warning, "\(stanza.file):\(key.line): every user can read the private key",
        cure: "\(Cure.hideFromOthers(stanza.file)), or qt_private_key_file")
    ]
  }
}
