import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// A secret key given in the wrong place. Whatever comes of it, it is in nothing that others see.
  @Suite("Misplaced secrets", .serialized)
  struct MisplacedSecrets {
    private let lab: Lab
    private let tunnel: Tunnel
    private let secret: String

    init() throws {
      lab = try Lab()
      tunnel = try Tunnel("salty")
      secret = tunnel.a["PRIVATE_KEY"] ?? ""
    }

    /// Whether a good part of the secret is in `text`.
    private func isTold(_ text: String) -> Bool {
      (0...secret.count - 16).contains { text.lowercased().contains(secret.dropFirst($0).prefix(16)) }
    }

    @Test("no subcommand echoes it, wherever it stands, nor all of it but a digit")
    func echoes() throws {
      for key in [secret, String(secret.dropLast()), String(secret.dropFirst()) + "x"] {
        let file = try lab.file("wrong.conf", "PROTOCOL=salty\n\(key)\nTUN_MODE=\(key)\nPRIVATE_KEI=\(key)\n")
        try must("chmod 600 \(file)")
        for words in [
          ["--private-key-file", key], ["--private-key-file=/etc/\(key)/key"], ["--public-key", key], ["--\(key)"],
          [key],
          ["-c", key, "1"], ["-c", "PRIVATE_KEI", key], ["--config", key], ["--config", file], ["run", key],
          ["check", "--json", "--public-key", key], ["check", "--private-key-file", key], ["check", "--config", file],
          ["check", "--interfaces", key], ["check", "--json", "--interfaces", "/\(key)"], ["device", key],
          ["device", "add", key], ["device", "add", "qt0", "--user", key], ["device", "del", key], ["keypair", key],
          ["keypair", "-i", String(key.dropLast())], ["keypair", "-o", key],
        ] {
          let result = try lab.a.run(words: [Programs.ours] + words)
          #expect(result.status != 0 && !isTold(result.output + result.errors), "\(words)\n\(result)")
        }
      }
      // With this side's secret known, the key in the other place is recognised; check would show a peer's key.
      let document = try lab.a.run(
        "\(Programs.ours) check --json --protocol raw --private-key \(secret) --public-key \(secret)")
      #expect(
        document.status == 2 && document.output.contains("this is your own PRIVATE key") && !isTold(document.output))
    }

    @Test("the list of processes does not show it behind another option, nor scripts in another variable")
    func running() throws {
      let seen = lab.directory + "/seen"
      let key = try lab.file("key", secret + "\n")
      try must("chmod 600 \(key)")
      var settings = tunnel.a
      settings["PRIVATE_KEY"] = nil
      settings["PRIVATE_KEY_FILE"] = key
      settings["INTERFACE"] = "qt0"
      settings["TUN_UP_SCRIPT"] = "env >\(seen); : \(secret); exit 3"
      settings["UNKNOWN"] = secret
      let words = [Programs.ours] + settings.flatMap { ["-c", $0.key, $0.value] }
      let environment = [
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PUBLIC_KEY": secret, "PRIVATEKEY": secret, "ROLE": secret,
        "MY_OWN": "x\(secret.uppercased())", "HARMLESS": "yes",
      ]
      let daemon = try lab.a.start(words: words, environment: environment)
      #expect(daemon.logs("operational"), "\(daemon.log)")
      let bytes = FileManager.default.contents(atPath: "/proc/\(daemon.identifier)/cmdline") ?? Data()
      let shown = String(decoding: bytes, as: UTF8.self)
      #expect(shown.contains("PRIVATE_KEY_FILE") && !isTold(shown), "\(shown)")
      let inherited = try String(contentsOfFile: seen, encoding: .utf8)
      #expect(inherited.contains("HARMLESS=yes") && !isTold(inherited), "\(inherited)")
      // The script's own text is in the warning that it failed.
      #expect(daemon.log.contains("status 3") && !isTold(daemon.log), "\(daemon.log)")
    }

    @Test("a service manager is not told it either")
    func manager() throws {
      let address = lab.directory + "/notify"
      let manager = try lab.a.running(["python3", "-u", TestPrograms.path("manager.py"), address])
      #expect(manager.says("hears"))
      let settings = tunnel.a.merging(["=NOTIFY_SOCKET": address, "TUN_MODE": secret]) { $1 }
      let daemon = try lab.a.start(.ours, settings)
      #expect(daemon.ends(within: 5) == 78)
      #expect(manager.says("ERRNO=22") && manager.says("IF_QT_TUN_MODE=(64 characters that could be a key)"))
      #expect(!isTold(manager.result(within: 0)) && !isTold(daemon.log))
    }
  }
}
