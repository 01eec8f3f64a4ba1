import Testing

@testable import Simulation

/// A short-lived key of salty's golden data.
struct EphemeralKey: Decodable {
  let side: String
  let start: Int
  let secret, baseNonce: Hex
}

extension [EphemeralKey] {
  /// Hands them out in order. The original never wanted more.
  func source() -> () -> OldKey {
    var rest = map { OldKey(secret: $0.secret.bytes, nonce: $0.baseNonce.bytes) }[...]
    return {
      if let key = rest.popFirst() { return key }
      Issue.record("a key more than the original made")
      return OldKey.made()
    }
  }
}

struct LongTermKeys: Decodable {
  let secret, `public`: Hex
}
