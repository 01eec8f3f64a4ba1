public import TunnelCore

/// One line of the table of protocols: all that the rest of the program knows about a wire format.
public final class ProtocolDescription: Sendable {
  /// How a datagram tells whose it is, where one port has many peers.
  public enum Sender: Sendable, Equatable {
    /// Nothing in it does: only where it comes from, and that anybody can claim.
    case address
    /// The key that opens it.
    case key
    /// Bytes in clear, which the key has to confirm.
    case identifier(offset: Int, byteCount: Int)
  }

  /// Says something of a datagram from the bytes that nobody has authenticated: for diagnosis only.
  public typealias Look<Result> = @Sendable (RawSpan) -> Result

  /// The value of PROTOCOL that selects it.
  public let name: String
  /// One phrase for the start-up line and `--help`: what protects the packets.
  public let summary: String
  /// Whether it needs PRIVATE_KEY (or its file) and PUBLIC_KEY.
  public let needsKeys: Bool
  /// Bytes that a datagram has more than its packet: what MTU=auto takes off.
  public let overhead: Int
  /// Settings of its own, besides those that every tunnel has.
  public let settings: [any DeclaredSetting]

  // MARK: What it does by itself

  /// Whether it is taken where PROTOCOL is not given, as quicktun 2.2.6 has it: among those that need keys if there are
  /// keys, else among the others.
  public let isAssumed: Bool
  /// Whether the peer answers a first datagram by itself. The others speak when they have a packet.
  public let answersUnasked: Bool
  /// Whether its nonces follow the clock: on a machine whose clock starts over they repeat, unless it has a mark.
  public let noncesFollowClock: Bool

  // MARK: What it does not protect from

  /// Nil if there is nothing to warn of.
  public let weakness: Weakness?
  /// Who gets a floating peer's packets without a key, in a sentence; nil if nobody does.
  public let floatingRisk: String?

  // MARK: What its datagrams tell

  public let sender: Sender
  /// Whether its datagrams are the packets themselves, for anybody to read.
  public let isPlain: Bool
  /// When a datagram says that it was sent, in Unix seconds; nil if its format does not tell.
  public let claimedTime: Look<Int64?>?
  /// Whether a datagram that does not open means a wrong key, or damage. False for one that may fail for a while where
  /// all is well, as after a restart.
  public let failureIsTelling: Look<Bool>

  /// Makes one for one peer.
  public let make: @Sendable (ProtocolParameters) throws(ProtocolError) -> TunnelProtocol

  /// `sender` is `key` for a protocol that needs keys, else `address`, if it is not given.
  public init(
    name: String, summary: String, needsKeys: Bool, overhead: Int, settings: [any DeclaredSetting] = [],
    isAssumed: Bool = false, answersUnasked: Bool = false, noncesFollowClock: Bool = false, weakness: Weakness? = nil,
    floatingRisk: String? = nil, sender: Sender? = nil, isPlain: Bool = false, claimedTime: Look<Int64?>? = nil,
    failureIsTelling: @escaping Look<Bool> = { _ in true },
    make: @escaping @Sendable (ProtocolParameters) throws(ProtocolError) -> TunnelProtocol
  ) {
    self.name = name
    self.summary = summary
    self.needsKeys = needsKeys
    self.overhead = overhead
    self.settings = settings
    self.isAssumed = isAssumed
    self.answersUnasked = answersUnasked
    self.noncesFollowClock = noncesFollowClock
    self.weakness = weakness
    self.floatingRisk = floatingRisk
    self.sender = sender ?? (needsKeys ? .key : .address)
    self.isPlain = isPlain
    self.claimedTime = claimedTime
    self.failureIsTelling = failureIsTelling
    self.make = make
  }

  /// Whether a datagram that opens was made by somebody who has the peer's key.
  public var provesSender: Bool { sender != .address }

  /// Whether a setting of its own has this name.
  public func knows(_ setting: String) -> Bool { settings.contains { $0.name == setting } }
}
