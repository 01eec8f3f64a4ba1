public import TunnelCore

/// One line of the table of protocols: all that the rest of the program knows about a wire format.
public struct ProtocolDescription: Sendable {
  /// The value of PROTOCOL that selects it.
  public let name: String
  /// One phrase for the start-up line and `--help`: what protects the packets.
  public let summary: String
  /// Whether it needs PRIVATE_KEY (or its file) and PUBLIC_KEY.
  public let needsKeys: Bool
  /// Bytes that a datagram has more than its packet: what MTU=auto takes off.
  public let overhead: Int
  /// Whether its nonces follow the clock: on a machine whose clock starts over they repeat, unless it has a mark.
  public let noncesFollowClock: Bool
  /// When a datagram says that it was sent, in Unix seconds, if its format tells. Unauthenticated: for diagnosis only.
  public let claimedTime: (@Sendable (RawSpan) -> Int64?)?
  /// Makes one for one peer.
  public let make: @Sendable (ProtocolParameters) throws(ProtocolError) -> TunnelProtocol

  public init(
    name: String, summary: String, needsKeys: Bool, overhead: Int, noncesFollowClock: Bool = false,
    claimedTime: (@Sendable (RawSpan) -> Int64?)? = nil,
    make: @escaping @Sendable (ProtocolParameters) throws(ProtocolError) -> TunnelProtocol
  ) {
    self.name = name
    self.summary = summary
    self.needsKeys = needsKeys
    self.overhead = overhead
    self.noncesFollowClock = noncesFollowClock
    self.claimedTime = claimedTime
    self.make = make
  }
}

/// Why a protocol cannot be made from its parameters.
public enum ProtocolError: Error, Equatable, Sendable {
  case missingKeys
  /// X25519 of the peer's key is zero, whatever the own key.
  case lowOrderPeerKey
}
