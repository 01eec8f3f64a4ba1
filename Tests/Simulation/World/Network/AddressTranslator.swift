import TunnelCore

/// A NAT in front of some hosts: one address for all, a port for each conversation, and only whom they have called gets
/// in (RFC 4787: address- and port-dependent mapping and filtering, the least friendly kind).
struct AddressTranslator {
  private struct Binding {
    var inside: Endpoint
    var remote: Endpoint
    var port: UInt16
    var used: Time
  }

  private let address: UInt32
  /// Nanoseconds of silence after which a binding is forgotten.
  var timeout = Self.usualTimeout
  private var bindings: [Binding] = []
  private var nextPort: UInt16 = 20_000

  static let usualTimeout = Time.seconds(120)

  init(address: UInt32) { self.address = address }

  func owns(_ endpoint: Endpoint) -> Bool { endpoint.low == UInt64(address) }

  /// Where a datagram from inside seems to come from.
  mutating func leaves(from inside: Endpoint, to remote: Endpoint, at time: Time) -> Endpoint {
    expire(at: time)
    if let index = bindings.firstIndex(where: { $0.inside == inside && $0.remote == remote }) {
      bindings[index].used = time
      return Endpoint(ipv4: address, port: bindings[index].port)
    }
    bindings.append(Binding(inside: inside, remote: remote, port: nextPort, used: time))
    nextPort += 1
    return Endpoint(ipv4: address, port: nextPort - 1)
  }

  /// Who inside a datagram to `outside` is for; nil for nobody.
  mutating func enters(to outside: Endpoint, from remote: Endpoint, at time: Time) -> Endpoint? {
    expire(at: time)
    guard let index = bindings.firstIndex(where: { $0.port == outside.port && $0.remote == remote }) else { return nil }
    bindings[index].used = time
    return bindings[index].inside
  }

  /// It is switched off and on: whoever calls next gets another port.
  mutating func forget() { bindings = [] }

  private mutating func expire(at time: Time) { bindings.removeAll { time - $0.used > timeout } }
}
