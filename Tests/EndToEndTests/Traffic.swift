import Foundation
import TunnelLab

/// The programs in other languages that belong to these tests.
enum TestPrograms {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Programs/\(name)").path
  }

  /// A library to preload, built from a C file.
  static func library(_ name: String, in lab: Lab) throws -> String {
    let library = lab.directory + "/\(name).so"
    try must("cc -O2 -shared -fPIC -o \(library) \(path(name + ".c")) -ldl")
    return library
  }
}

/// Traffic that is checked to the byte.
struct Traffic {
  let from: Lab.Host
  let to: Lab.Host
  /// The receiver's.
  let address: String
  private static let program = TestPrograms.path("transfer.py")

  /// What is sent over TCP and what arrives: digest and length.
  func tcp(bytes: Int, within seconds: Double = 60) throws -> (sent: String, received: String) {
    let receiver = try to.running(["python3", Self.program, "receive", address, "7000"])
    _ = receiver.says("ready")
    let sent = try from.run(words: [
      "timeout", "\(seconds)", "python3", Self.program, "send", address, "7000", "\(bytes)",
    ])
    let received = receiver.result(within: patience).replacing("ready\n", with: "")
    return (sent.output.isEmpty ? sent.errors : sent.output, received)
  }

  /// Lost, repeated and disordered packets: "0 0 0".
  func udp(packets: Int, perSecond: Int, length: Int, segments: Int = 1) throws -> String {
    for host in [from, to] where try host.run("ip link show qt0").isSuccess { try Self.lengthenQueue(host) }
    // It ends with the last packet, or ten seconds after the last that came.
    let receiver = try to.running(["python3", Self.program, "count", address, "7001", "\(packets)", "10"])
    _ = receiver.says("ready")
    try from.must(
      "python3 \(Self.program) number \(address) 7001 \(packets) \(perSecond) \(length) \(segments)")
    return receiver.result(within: 15).replacing("ready\n", with: "").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// After a pause of the machine's the sender makes up for it in one burst, which the queue of 500 packets would drop.
  static func lengthenQueue(_ host: Lab.Host) throws { try host.must("ip link set qt0 txqueuelen 20000") }
}
