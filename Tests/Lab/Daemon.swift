package import Foundation

/// A running quicktun, ours or the old one.
package final class Daemon {
  package enum Program: Sendable, CustomStringConvertible {
    /// `before` is another build of ours, which this one is compared with.
    case ours, old, before

    package var description: String {
      switch self {
      case .ours: "ours"
      case .old: "quicktun 2.2.6"
      case .before: "ours before"
      }
    }
  }

  private let child: Child
  private let errors: ScratchFile
  package let program: Program

  /// Starts it with settings from ifupdown's environment, and nothing else in the environment but PATH. The names
  /// INTERFACE (qt0 unless given) and those that begin with `=` (plain environment entries) are special.
  package init(in host: Lab.Host, _ program: Program, _ settings: [String: String]) throws {
    self.program = program
    errors = try ScratchFile()
    var environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "IFACE": settings["INTERFACE"] ?? "qt0"]
    for (name, value) in settings where name != "INTERFACE" {
      if name.hasPrefix("=") {
        environment[String(name.dropFirst())] = value
      } else {
        environment["IF_QT_" + name] = value
      }
    }
    if program == .old && settings["PROTOCOL"] == "salty" {
      environment["LD_PRELOAD"] = [settings["=LD_PRELOAD"], Programs.oldSaltyLibrary].compactMap { $0 }.joined(
        separator: ":")
    }
    child = try Child(
      ["ip", "netns", "exec", host.namespace, Programs.path(of: program)],
      environment: environment, errors: errors.path)
  }

  /// Runs ours, or a shell command that becomes ours, in surroundings of the caller's making.
  package init(in host: Lab.Host, words: [String], environment: [String: String]? = nil) throws {
    program = .ours
    errors = try ScratchFile()
    child = try Child(
      ["ip", "netns", "exec", host.namespace] + words, environment: environment, errors: errors.path)
  }

  package var identifier: pid_t { child.identifier }
  package var isRunning: Bool { child.isRunning }
  /// What it has written to standard error.
  package var log: String { errors.text }

  package func logs(_ text: String, within seconds: Double = patience) -> Bool {
    eventually(within: seconds) { log.contains(text) }
  }

  /// Sends a signal and waits for the end. Returns the exit status.
  @discardableResult
  package func stop(_ signal: Int32 = SIGTERM) -> Int32 {
    child.send(signal)
    return wait()
  }

  package func kill() { if isRunning { _ = stop(SIGKILL) } }

  package func wait() -> Int32 { child.wait() }

  /// The exit status if it ends by itself within `seconds`.
  package func ends(within seconds: Double) -> Int32? { eventually(within: seconds) { !isRunning } ? wait() : nil }
}

/// The settings of both ends of a tunnel between a and b.
package struct Tunnel {
  package var a: [String: String]
  package var b: [String: String]

  package init(_ name: String, mode: String = "tun", over version: Int = 4) throws {
    let (one, other) = (try Pair(), try Pair())
    func settings(_ own: Pair, _ peer: Pair, _ number: Int) -> [String: String] {
      let network = version == 4 ? "192.0.2." : "2001:db8::"
      return [
        "PROTOCOL": name, "TUN_MODE": mode == "tun" ? "1" : "0", "PRIVATE_KEY": own.secret, "PUBLIC_KEY": peer.public,
        "LOCAL_ADDRESS": "\(network)\(number)", "REMOTE_ADDRESS": "\(network)\(3 - number)",
      ]
    }
    (a, b) = (settings(one, other, 1), settings(other, one, 2))
  }

  /// The same settings at both ends.
  package func with(_ settings: [String: String]) -> Tunnel {
    var tunnel = self
    tunnel.a.merge(settings) { $1 }
    tunnel.b.merge(settings) { $1 }
    return tunnel
  }
}

/// The largest MTU that Debian's quicktun and a path of 1500 bytes take, over IPv4 in tun mode.
package let bestMTU = ["raw": 1472, "nacl0": 1456, "nacltai": 1440, "salty": 1452]
