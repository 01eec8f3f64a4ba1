import Foundation
import Testing
import TunnelLab

extension EndToEnd {
  /// Machines without a battery for their clock.
  @Suite("A clock that starts over", .serialized)
  struct State {
    private static let firstOfJanuary1970 = [
      "=LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "=FAKETIME": "@1970-01-01 00:00:10",
    ]

    @Test(
      "what the nonces have come to is kept in the state directory, and the next start goes on from there",
      arguments: ["salty", "nacltai"])
    func kept(name: String) throws {
      let lab = try Lab()
      let tunnel = try Tunnel(name)
      let directory = try Self.directory(of: lab)
      let settings = tunnel.a.merging(Self.firstOfJanuary1970) { $1 }.merging(["=STATE_DIRECTORY": directory]) { $1 }
      var last: UInt64 = 0
      for _ in 0..<3 {
        let daemon = try lab.a.start(.ours, settings)
        #expect(daemon.logs("operational"))
        #expect(!daemon.log.contains("years behind"), "\(daemon.log)")
        // nacltai's stamps come with packets.
        try lab.a.configure()
        _ = try lab.a.pings(lab.b.inner)
        let isKept = eventually { Self.number(in: directory) > last }
        #expect(isKept)
        #expect(daemon.stop() == 0)
        last = Self.number(in: directory)
      }
      let file = try #require(try FileManager.default.contentsOfDirectory(atPath: directory).first)
      #expect(file.hasPrefix(name + "-"))
      #expect(try lab.a.must("stat -c %a \(directory)/\(file)").hasPrefix("600"))
    }

    private static func directory(of lab: Lab) throws -> String {
      let directory = lab.directory + "/state"
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      return directory
    }

    private static func number(in directory: String) -> UInt64 {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      guard let file = files.first, let text = try? String(contentsOfFile: directory + "/" + file, encoding: .utf8)
      else {
        return 0
      }
      return UInt64(text.trimmingCharacters(in: .newlines)) ?? 0
    }

    @Test("without a state directory that is said, and only where the clock is not set")
    func warned() throws {
      let lab = try Lab()
      let tunnel = try Tunnel("salty")
      let behind = try lab.a.start(.ours, tunnel.a.merging(Self.firstOfJanuary1970) { $1 })
      #expect(behind.logs("operational") && behind.log.contains("The clock is years behind"), "\(behind.log)")
      let right = try lab.b.start(.ours, tunnel.b)
      #expect(right.logs("operational") && !right.log.contains("years behind"), "\(right.log)")
      #expect(behind.stop() == 0 && right.stop() == 0)
    }

    @Test("a state directory that cannot be used is said, and the tunnel comes up all the same")
    func unusable() throws {
      let lab = try Lab()
      let settings = try Tunnel("salty").a.merging(["=STATE_DIRECTORY": "/nonexistent"]) { $1 }
      let daemon = try lab.a.start(.ours, settings)
      #expect(daemon.logs("operational"))
      #expect(
        daemon.log.contains("No such file or directory") && daemon.log.contains("STATE_DIRECTORY"), "\(daemon.log)")
    }

    @Test("two tunnels with the same keys: the second is told that numbers may repeat")
    func shared() throws {
      let lab = try Lab()
      let directory = try Self.directory(of: lab)
      var settings = try Tunnel("nacltai").a.merging(["=STATE_DIRECTORY": directory]) { $1 }
      let first = try lab.a.start(.ours, settings)
      #expect(first.logs("operational") && !first.log.contains("same keys"), "\(first.log)")
      (settings["INTERFACE"], settings["LOCAL_PORT"]) = ("qt1", "2999")
      let second = try lab.a.start(.ours, settings)
      #expect(second.logs("operational") && second.log.contains("Another tunnel with the same keys runs"))
      // It ends with the process that has it.
      first.kill()
      second.kill()
      let third = try lab.a.start(.ours, settings)
      #expect(third.logs("operational") && !third.log.contains("same keys"), "\(third.log)")
    }

    @Test("a file with something else in it is told of, and written anew")
    func spoilt() throws {
      let lab = try Lab()
      let directory = try Self.directory(of: lab)
      let settings = try Tunnel("salty").a.merging(["=STATE_DIRECTORY": directory]) { $1 }
      try #require(try lab.a.start(.ours, settings).logs("operational"))
      lab.a.daemons[0].stop()
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: directory).first)
      try "-1\n".write(toFile: directory + "/" + name, atomically: false, encoding: .utf8)
      let second = try lab.a.start(.ours, settings)
      #expect(second.logs("operational") && second.log.contains("not a number"), "\(second.log)")
      #expect(Self.number(in: directory) > 0)
    }

    @Test("a link that somebody has put where the file belongs is left alone")
    func link() throws {
      let lab = try Lab()
      let directory = try Self.directory(of: lab)
      let settings = try Tunnel("salty").a.merging(["=STATE_DIRECTORY": directory]) { $1 }
      let first = try lab.a.start(.ours, settings)
      #expect(first.logs("operational"))
      first.stop()
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: directory).first)
      let precious = try lab.file("precious", "precious\n")
      for way in ["-s", ""] {
        try lab.a.must("rm \(directory)/\(name)")
        try lab.a.must("ln \(way) \(precious) \(directory)/\(name)")
        let second = try lab.a.start(.ours, settings)
        #expect(second.logs("operational"))
        second.stop()
        #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious\n")
      }
    }
  }
}
