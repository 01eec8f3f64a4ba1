import Foundation
import Testing
import TunnelLab

/// Somebody on the path between a and b, in a's namespace: passes their datagrams on, keeps a copy of each, and may
/// send whatever it likes to either.
///
///     a :2998 ── :5000 attacker :5001 ── :2998 b
final class Attacker: @unchecked Sendable {
  enum Side { case a, b }

  private let host: Lab.Host
  private let towards: [Side: Socket]
  private let lock = NSLock()
  private var seen: [Side: [[UInt8]]] = [.a: [], .b: []]
  private var isOver = false
  private let done = DispatchSemaphore(value: 0)

  init(in lab: Lab) throws {
    host = lab.a
    towards = [
      .a: try Socket(in: lab.a, port: 5000, peer: (lab.a.address, 2998)),
      .b: try Socket(in: lab.a, port: 5001, peer: (lab.b.address, 2998)),
    ]
    Thread { self.pass() }.start()
  }

  /// The settings of a tunnel that leads through here.
  static func between(_ tunnel: Tunnel, _ lab: Lab) -> Tunnel {
    var tunnel = tunnel
    tunnel.a.merge(["REMOTE_ADDRESS": lab.a.address, "REMOTE_PORT": "5000"]) { $1 }
    tunnel.b.merge(["REMOTE_ADDRESS": lab.a.address, "REMOTE_PORT": "5001"]) { $1 }
    return tunnel
  }

  /// Copies of what passed on its way to `side`.
  func recorded(to side: Side) -> [[UInt8]] { lock.withLock { seen[side] ?? [] } }

  func send(_ datagrams: [[UInt8]], to side: Side) {
    for (index, datagram) in datagrams.enumerated() {
      towards[side]?.send(datagram)
      if index % 64 == 63 { usleep(2_000) }  // no faster than it can be taken
    }
  }

  func leave() {
    lock.withLock { isOver = true }
    done.wait()
  }

  private func pass() {
    while !lock.withLock({ isOver }) {
      for (from, to) in [(Side.a, Side.b), (.b, .a)] {
        while let datagram = towards[from]?.receive() {
          lock.withLock { seen[to]?.append(datagram) }
          towards[to]?.send(datagram)
        }
      }
      usleep(500)
    }
    done.signal()
  }
}

/// A UDP socket in a host's network namespace, for use from the tests' own process.
final class Socket: @unchecked Sendable {
  private let descriptor: Int32
  private let peer: SocketAddress

  init(in host: Lab.Host, port: UInt16, peer: (address: String, port: UInt16)) throws {
    self.peer = SocketAddress(peer.address, peer.port)
    let own = SocketAddress("0.0.0.0", port)
    descriptor = try host.inNamespace {
      let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
      let status = own.withPointer { bind(descriptor, $0, $1) }
      if descriptor < 0 || status != 0 { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
      return descriptor
    }
  }

  deinit { close(descriptor) }

  func send(_ datagram: [UInt8]) {
    _ = peer.withPointer { sendto(descriptor, datagram, datagram.count, 0, $0, $1) }
  }

  /// The next datagram that waits, if one does.
  func receive() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let length = recv(descriptor, &buffer, buffer.count, 0)
    return length < 0 ? nil : Array(buffer.prefix(length))
  }
}

/// An IPv4 address and port as the kernel wants them.
private struct SocketAddress: @unchecked Sendable {
  private var value: sockaddr_in

  init(_ address: String, _ port: UInt16) {
    value = sockaddr_in(
      sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian, sin_addr: in_addr(s_addr: inet_addr(address)),
      sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
  }

  func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    withUnsafePointer(to: value) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}

extension Lab.Host {
  /// Runs `body` on a thread of this namespace: what it opens stays there.
  func inNamespace<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let path = "/run/netns/\(namespace)"
    let box = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    Thread {
      box.result = Result {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        guard file >= 0, enterNamespace(file, 0x4000_0000) == 0 else {
          throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
        return try body()
      }
      done.signal()
    }.start()
    done.wait()
    return try #require(box.result).get()
  }
}

/// setns(2), which Swift's Glibc does not show: with CLONE_NEWNET it moves the calling thread to a network namespace.
private let enterNamespace = unsafeBitCast(
  dlsym(nil, "setns"), to: (@Sendable @convention(c) (_ namespace: Int32, _ kind: Int32) -> Int32).self)

private final class Box<Value>: @unchecked Sendable { var result: Result<Value, any Error>? }
