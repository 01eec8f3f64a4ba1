/// What must hold in every world.
package enum Invariant: String, Sendable {
  case deliveredOnce = "nothing is delivered twice"
  case sentByPeer = "nothing is delivered that the peer did not send"
  case ownDevice = "nothing is delivered to another peer's device"
  case delayed = "nothing is delivered that was recorded long ago"
  case nonceOnce = "no key and nonce seal two texts"
  case provenKey = "nothing is sealed under a key that the peer has not proved"
  case keyLife = "no key is used after its last moment"
  case roaming = "a peer moves only to where something fresh and authentic came from"
  case controlBounded = "control datagrams are bounded"
  case workBounded = "work for strangers is bounded"
  case memoryBounded = "memory is bounded"
  case recovery = "traffic passes soon after the last fault"
}

/// What did not hold.
package struct Violation: Error, Equatable, Sendable, CustomStringConvertible {
  package let invariant: Invariant
  let text: String

  package var description: String { "\(invariant.rawValue): \(text)" }
}
