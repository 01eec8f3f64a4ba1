import Foundation
import TunnelLab

/// Other people's tunnels, as their manuals have it for two hosts.
extension Contestant {
  static let others = [wireguardGo, fastd, openvpn, tinc]

  private static let group = "others"

  static let wireguardGo = Contestant(name: "wireguard-go", group: group, program: "wireguard-go") { lab in
    // Its control sockets are files, so the devices of the two namespaces cannot have one name.
    let hosts = [lab.a, lab.b]
    let secrets = try hosts.map { try lab.file("secret\($0.number)", try $0.must("wg genkey")) }
    let publics = try secrets.map { try run(["sh", "-c", "wg pubkey <\($0)"]).output.trimmed }
    for (index, host) in hosts.enumerated() {
      let device = "wg\(index)"
      _ = try host.start(words: ["wireguard-go", "-f", device])
      guard eventually(within: 5, { (try? host.run("wg show \(device)").isSuccess) == true }) else { continue }
      try host.must(
        """
        wg set \(device) listen-port 51820 private-key \(secrets[index]) peer \(publics[1 - index]) \
        endpoint \(hosts[1 - index].address):51820 allowed-ips 10.9.0.0/24
        """)
      try host.configure(device, mtu: 1440)
    }
  }

  static let fastd = Contestant(name: "fastd (salsa2012+umac)", group: group, program: "fastd") { lab in
    let hosts = [lab.a, lab.b]
    let pairs = try hosts.map { try $0.run("fastd --generate-key --machine-readable").output }
    let publics = try zip(hosts, pairs).map { host, secret in
      let file = try lab.file("key\(host.number)", "secret \"\(secret.trimmed)\";\n")
      return try host.must("fastd --machine-readable --show-key --config \(file)").trimmed
    }
    for (index, host) in hosts.enumerated() {
      let file = try lab.file(
        "fastd\(host.number)",
        """
        mode tun; interface "qt0"; method "salsa2012+umac"; bind \(host.address):10000; mtu 1426;
        secret "\(pairs[index].trimmed)"; log level error;
        peer "other" { key "\(publics[1 - index])"; remote \(hosts[1 - index].address) port 10000; }
        """)
      _ = try host.start(words: ["fastd", "--config", file])
      try host.configure(mtu: 1426)
    }
  }

  static let openvpn = Contestant(name: "OpenVPN (AES-256-GCM)", group: group, program: "openvpn") { lab in
    let hosts = [lab.a, lab.b]
    let files = hosts.map {
      (key: "\(lab.directory)/key\($0.number)", certificate: "\(lab.directory)/cert\($0.number)")
    }
    let prints = try files.map { file in
      try must(
        """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=lab \
        -keyout \(file.key) -out \(file.certificate)
        """)
      let text = try must("openssl x509 -noout -fingerprint -sha256 -in \(file.certificate)")
      return String(text.trimmed.split(separator: "=")[1])
    }
    for (index, host) in hosts.enumerated() {
      let role = index == 0 ? ["--tls-client"] : ["--tls-server", "--dh", "none"]
      let common = [
        "openvpn", "--dev", "qt0", "--dev-type", "tun", "--remote", hosts[1 - index].address, "--local", host.address,
        "--cert", files[index].certificate, "--key", files[index].key, "--peer-fingerprint",
        prints[1 - index], "--ifconfig", host.inner, "255.255.255.0", "--topology", "subnet", "--verb", "1",
      ]
      _ = try host.start(words: common + role)
    }
    for host in hosts { _ = try eventually(within: 10) { try host.run("ip link show qt0 up").isSuccess } }
  }

  static let tinc = Contestant(name: "tinc 1.0", group: group, program: "tincd") { lab in
    let root = lab.directory
    let hosts = [lab.a, lab.b]
    for host in hosts {
      let directory = "\(root)/\(host.number)"
      try must("mkdir -p \(directory)/hosts")
      let connect = host.number == 1 ? "ConnectTo = host2\n" : ""
      try "Name = host\(host.number)\nDeviceType = tun\nInterface = qt0\n\(connect)"
        .write(toFile: "\(directory)/tinc.conf", atomically: true, encoding: .utf8)
      try "Address = \(host.address)\nSubnet = \(host.inner)/32\n"
        .write(toFile: "\(directory)/hosts/host\(host.number)", atomically: true, encoding: .utf8)
      _ = try run(["sh", "-c", "tincd -c \(directory) -K2048 </dev/null"])
    }
    for host in hosts {
      try must("cp \(root)/\(3 - host.number)/hosts/host\(3 - host.number) \(root)/\(host.number)/hosts/")
      _ = try host.start(
        words: ["tincd", "-c", "\(root)/\(host.number)", "-D", "--pidfile", "\(root)/\(host.number)/pid"])
      try host.configure(mtu: 1400)
    }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
