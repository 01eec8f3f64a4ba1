import Foundation
import Sodium
import Testing
import TunnelCore

/// The program itself on this machine, with the new name as its PROTOCOL:
///
///     ┌─ namespace a ───────────┐     ┌─ namespace b ───────────┐
///     │ ping ── seq 10.66.0.1   │     │     seq 10.66.0.2       │
///     │         quicktun-plus   │     │     quicktun-plus       │
///     │         wire 192.0.2.1 ─┼─────┼─ wire 192.0.2.2         │
///     └─────────────────────────┘     └─────────────────────────┘
///
/// b is told nothing about a's address: it learns it from a's first datagram.
@Suite(.enabled(if: getuid() == 0, "network namespaces need root"))
struct NamespaceTests {
  @Test(.timeLimit(.minutes(1))) func pingsThroughTheTunnel() throws {
    let network = try Network()
    defer { network.remove() }
    let keys = [SecretKey(), SecretKey()]
    let a = try network.startTunnel(in: 0, keys[0], peer: keys[1].publicKey, remote: "192.0.2.2")
    let b = try network.startTunnel(in: 1, keys[1], peer: keys[0].publicKey, remote: nil)
    try network.run(
      in: 0, "timeout", "20", "sh", "-c", "until ping -q -c 1 -W 1 10.66.0.2 2>/dev/null; do sleep 0.1; done")
    // Once the tunnel is up nothing is lost, in either direction.
    try network.run(in: 0, "ping", "-q", "-c", "5", "-i", "0.05", "-s", "1000", "10.66.0.2")
    try network.run(in: 1, "ping", "-q", "-c", "5", "-i", "0.05", "10.66.0.1")
    for tunnel in [a, b] {
      tunnel.terminate()
      tunnel.waitUntilExit()
      #expect(tunnel.terminationStatus == 0)
    }
  }
}

/// Two network namespaces with a cable between them.
private struct Network {
  let names = ["a", "b"].map { "quicktun-plus-\(getpid())-\($0)" }

  struct Failure: Error { var command: [String], status: Int32 }

  init() throws {
    do {
      for name in names { try Self.run("ip", "netns", "add", name) }
      try Self.run(
        "ip", "-n", names[0], "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", names[1])
      for index in 0...1 {
        try Self.run("ip", "-n", names[index], "address", "add", "192.0.2.\(index + 1)/24", "dev", "wire")
        try Self.run("ip", "-n", names[index], "link", "set", "wire", "up")
      }
    } catch {
      remove()
      throw error
    }
  }

  /// Everything that still runs in a namespace ends with the test, whatever became of it.
  func remove() {
    for name in names {
      _ = try? Self.run("sh", "-c", "ip netns pids \(name) 2>/dev/null | xargs -r kill -9; ip netns del \(name)")
    }
  }

  /// Starts one end, set up as /etc/network/interfaces would.
  func startTunnel(in index: Int, _ key: SecretKey, peer: PublicKey, remote: String?) throws -> Process {
    var environment = [
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "IFACE": "seq", "IF_QT_PROTOCOL": "sequence", "IF_QT_TUN_MODE": "1",
      "IF_QT_CHANNEL": "7", "IF_QT_PRIVATE_KEY": key.hex, "IF_QT_PUBLIC_KEY": peer.description,
      "IF_QT_TUN_UP_SCRIPT": "ip address add 10.66.0.\(index + 1)/24 dev $INTERFACE; ip link set $INTERFACE up",
    ]
    environment["IF_QT_REMOTE_ADDRESS"] = remote
    let program = Bundle.main.bundleURL.appending(path: "quicktun-plus").path
    return try Self.start(["ip", "netns", "exec", names[index], program], environment)
  }

  func run(in index: Int, _ command: String...) throws {
    try Self.run(["ip", "netns", "exec", names[index]] + command)
  }

  private static func run(_ command: String...) throws { try run(command) }

  private static func run(_ command: [String]) throws {
    let process = try start(command, ProcessInfo.processInfo.environment)
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Failure(command: command, status: process.terminationStatus) }
  }

  private static func start(_ command: [String], _ environment: [String: String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = environment
    // Complaints on standard error belong in the test's log; ping's statistics do not.
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return process
  }
}

extension SecretKey {
  /// 64 hexadecimal digits. Only a test may do this: a String is never wiped.
  fileprivate var hex: String {
    withBytes { bytes in
      (0..<SecretKey.byteCount).map { index in
        let byte = bytes.bigEndian(at: index, as: UInt8.self)
        return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
      }.joined()
    }
  }
}
