import Foundation
import Testing
import TunnelLab

/// The files that a user names, as the program takes them.
@Suite("Key and settings files", .serialized)
struct UserFiles {
  private let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "quicktun-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  /// With eight seconds to end by itself: it waits for ten if it waits for a file's end.
  private func ended(_ words: [String], environment: [String: String] = [:]) throws -> Finished {
    let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
    let result = try run(["timeout", "8"] + words, environment: path.merging(environment) { $1 })
    #expect(result.status != 124, "it waits: \(words)")
    return result
  }

  private func shell(_ command: String) throws -> Finished { try ended(["bash", "-c", command]) }

  private func file(_ name: String, _ text: String, mode: String = "600") throws -> String {
    let path = directory + "/" + name
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    try must("chmod \(mode) \(path)")
    return path
  }

  private static let socket = """
    import socket, sys
    socket.socket(socket.AF_UNIX).bind(sys.argv[1])
    """

  @Test(
    "a FIFO, a terminal, a socket, a directory or a device is refused at once, by run and check",
    arguments: ["a FIFO", "a terminal", "a socket", "a directory", "a device"])
  func kinds(kind: String) throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/it"
    switch kind {
    case "a FIFO": try must("mkfifo -m 600 \(path)")
    case "a socket": #expect(try run(["python3", "-c", Self.socket, path]).isSuccess)
    case "a directory": try must("mkdir \(path)")
    default: try must("ln -s \(kind == "a device" ? "/dev/zero" : "/dev/ptmx") \(path)")
    }
    for command in ["run", "check"] {
      for option in ["--config", "--private-key-file"] {
        let words =
          option == "--config" ? [] : ["--protocol", "salty", "--public-key", String(repeating: "1f", count: 32)]
        let result = try ended([Programs.ours, command] + words + [option, path])
        let text = (result.errors + result.output).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(result.status == (command == "run" ? 78 : 2) && text.contains("it is \(kind)"), "\(command) \(text)")
      }
    }
  }

  @Test("what a command says is a file too: <(...), /dev/stdin; as long as it ends")
  func pipes() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let salty = "PROTOCOL=salty INTERFACE=qt-none PUBLIC_KEY=$(\(Programs.ours) keypair -o space | cut -d' ' -f2)"
    let key = "\(Programs.ours) keypair -o space | cut -d' ' -f1"
    let check = "\(Programs.ours) check --json"
    for line in [
      "\(check) --config <(printf '%s\\n' \(salty)) --private-key-file <(sleep 0.3; \(key))",
      "(sleep 0.2; printf '%s\\n' \(salty); sleep 0.2) | \(check) --config /dev/stdin --private-key-file <(\(key))",
    ] {
      let result = try shell(line)
      #expect(result.output.contains("settings, all of them understood"), "\(result.output)\(result.errors)")
    }
    #expect(try shell("\(check) --config <(yes)").output.contains("longer than 65536 bytes"))
    #expect(try shell("\(check) --interfaces <(echo iface x; echo ' qt_protocol raw')").output.contains("iface x"))
    let endless = try run(["bash", "-c", "\(check) --config <(sleep 30)"])
    #expect(endless.output.contains("has not ended within 10 s"), "\(endless.output)")
  }

  @Test("what others can change is refused: by permissions, group or owner", needsRoot)
  func writers() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let pair = try Pair()
    let key = try file("key", pair.secret)
    let config = try file(
      "conf", "PROTOCOL=salty\nINTERFACE=qt-none\nPUBLIC_KEY=\(try Pair().public)\nPRIVATE_KEY_FILE=\(key)\n")
    func check(_ environment: [String: String] = [:], _ more: String...) throws -> String {
      try ended([Programs.ours, "check", "--json", "--config", config] + more, environment: environment).output
    }
    #expect(try check().contains("settings, all of them understood"))
    for (change, fact, cure) in [
      ("chmod 666", "every user can change it", "chmod go-w"),
      ("chgrp audio", "group audio can change it", "chmod go-w"),
      ("chown daemon", "user daemon can change it", "chown root"),
    ] {
      for path in [key, config] {
        if change == "chgrp audio" { try must("chmod 660 \(path)") }
        try must("\(change) \(path)")
        let output = try check()
        #expect(output.contains("\(path): \(fact)") && output.contains("\(cure) \(path)"), "\(output)")
        try must("chmod 600 \(path)")
        try must("chown root:root \(path)")
      }
    }
    // Whoever calls through sudo; the user that the daemon becomes; who runs check himself.
    let daemon = try must("id -u daemon").trimmingCharacters(in: .whitespacesAndNewlines)
    try must("chown daemon \(key)")
    #expect(try check([:], "--setuid", "daemon").contains("settings, all of them understood"))
    try must("chown daemon:daemon \(config)")
    try must("chmod 660 \(config)")
    #expect(try check(["SUDO_UID": daemon]).contains("settings, all of them understood"))
    try must("chmod 755 \(directory)")
    let own = try ended([
      "setpriv", "--reuid", "daemon", "--regid", "daemon", "--clear-groups", Programs.ours, "check", "--config", config,
    ])
    #expect(own.output.contains("all of them understood"), "\(own.output)\(own.errors)")
  }
}
