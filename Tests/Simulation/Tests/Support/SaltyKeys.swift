@testable import Simulation

/// A short-lived key of salty's golden data.
struct EphemeralKey: Decodable {
  let side: String
  let start: Int
  let secret, baseNonce: Hex
}

extension [EphemeralKey] {
  /// Hands them out in order.
  func source() -> () -> OldKey {
    var rest = map { OldKey(secret: $0.secret.bytes, nonce: $0.baseNonce.bytes) }[...]
    return { rest.removeFirst() }
  }
}

struct LongTermKeys: Decodable {
  let secret, `public`: Hex
}
