public import Sodium
public import TunnelCore

/// What a protocol is made from.
public struct ProtocolParameters: Sendable {
  public var secretKey: SecretKey?
  public var peerKey: PublicKey?
  /// REPLAY_WINDOW: how many packets are remembered.
  public var replayWindow: Int
  /// When the tunnel starts.
  public var start: Moment
  /// How far its nonces have come, over restarts; nil where nothing outlives the process. Only for the one object that
  /// seals what leaves.
  public var mark: (any HighWaterMark)?
  /// Those of its own settings that were given, by name.
  package var given: [String: SettingValue] = [:]

  /// What REPLAY_WINDOW is where it is not given.
  public static let usualReplayWindow = 2048

  public init(
    secretKey: SecretKey? = nil, peerKey: PublicKey? = nil, replayWindow: Int = usualReplayWindow, start: Moment
  ) {
    self.secretKey = secretKey
    self.peerKey = peerKey
    self.replayWindow = replayWindow
    self.start = start
  }

  /// A setting of the protocol's own: what was given, or what holds otherwise.
  public subscript<Value>(setting: ProtocolSetting<Value>) -> Value {
    get { setting.value(given[setting.name]) }
    set { given[setting.name] = setting.stored(newValue) }
  }

  /// The long-term keys' agreement, for protocols that need one.
  public func agreement() throws(ProtocolError) -> KeyAgreement {
    guard let secretKey, let peerKey else { throw .missingKeys }
    guard let shared = SharedKey(publicKey: peerKey, secretKey: secretKey) else { throw .lowOrderPeerKey }
    return KeyAgreement(shared: shared, ownKey: secretKey.publicKey, peerKey: peerKey)
  }
}

/// The key that both sides share, and the byte that keeps their nonces apart.
public struct KeyAgreement: Sendable {
  public let shared: SharedKey
  private let ownKey: PublicKey
  private let peerKey: PublicKey

  init(shared: SharedKey, ownKey: PublicKey, peerKey: PublicKey) {
    self.shared = shared
    self.ownKey = ownKey
    self.peerKey = peerKey
  }

  /// The role bytes of both directions' nonces: the side with the greater public key sends with 1 and receives with 0,
  /// the other the reverse; with equal keys both are 0. `override` stands in for the comparison.
  public func roles(override: Bool? = nil) -> (sending: UInt8, receiving: UInt8) {
    if let override { return override ? (1, 0) : (0, 1) }
    return (ownKey > peerKey ? 1 : 0, ownKey < peerKey ? 1 : 0)
  }
}
