import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// Standard input, output and error that are closed, or full.
  @Suite("Standard descriptors", .serialized)
  struct StandardDescriptors {
    private let lab: Lab

    init() throws { lab = try Lab() }

    /// What is opened first takes the lowest number: descriptor 2 would be the device, and each log line a frame.
    @Test("closed by the parent: no line of the log goes into the tunnel, and the tunnel works")
    func closed() throws {
      let tunnel = try Tunnel("salty", mode: "tap")
      // Two lines at least while the device is up: that the script failed, and that the tunnel is operational. Without
      // offloads, for with them the kernel takes the first ten bytes of a line for a virtio header that makes no sense.
      let settings = tunnel.a.merging([
        "TUN_UP_SCRIPT": "ip link set qt0 up; exit 3", "INTERFACE": "qt0", "OFFLOAD": "off",
      ]) { $1 }
      let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
      let daemon = try lab.a.start(
        words: ["sh", "-c", "exec \(Programs.ours) <&- >&- 2>&-"], environment: path.merging(settings) { $1 })
      #expect(try eventually { try lab.a.run("ip link show up dev qt0").output.contains("qt0") })
      usleep(500_000)
      #expect(try lab.a.packetsReceived() == 0)
      for descriptor in 0...2 {
        let place = "/proc/\(daemon.identifier)/fd/\(descriptor)"
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place) == "/dev/null")
      }
      _ = try lab.b.start(.ours, tunnel.b)
      for host in [lab.a, lab.b] { try host.configure(mtu: 1400) }
      #expect(try eventually { try lab.a.pings(lab.b.inner) })
      #expect(daemon.stop() == 0)
    }

    @Test(
      "output that nobody gets is a failure, and said: a key pair would be lost",
      arguments: [
        "keypair", "keypair -o space", "keypair -o bin", "keypair --help", "--help", "--version", "check --json",
        "device list", "device --help",
      ])
    func lost(command: String) throws {
      try lab.a.must("ip tuntap add dev qt9 mode tun")  // for the list
      for (redirection, reason) in [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")] {
        let result = try lab.a.run(words: ["sh", "-c", "\(Programs.ours) \(command) \(redirection)"])
        #expect(!result.isSuccess)
        #expect(result.errors.contains("standard output: \(reason)"), "\(redirection) \(result.errors)")
      }
    }

    @Test("closed input has no key; closed standard error keeps nothing from a key pair; a reader may go")
    func others() throws {
      #expect(try !lab.a.run(words: ["sh", "-c", "\(Programs.ours) keypair -f <&-"]).isSuccess)
      let pair = try lab.a.run(words: ["sh", "-c", "\(Programs.ours) keypair -o space 2>&-"])
      #expect(pair.isSuccess && pair.output.utf8.count == 64 + 1 + 64 + 1)
      let head = try lab.a.run(words: ["sh", "-c", "(sleep 0.3; exec \(Programs.ours) --help) | true"])
      #expect(head.isSuccess && head.errors.isEmpty, "\(head.errors)")
    }
  }
}
