import ProtocolKit

/// What a peer has done before it is measured.
enum PeerHistory: String, CaseIterable {
  case few, window, silent, keys

  /// Twice REPLAY_WINDOW's default.
  static let manyPackets = 4096

  var text: String {
    switch self {
    case .few: "idle after 16 packets each way"
    case .window: "\(Self.manyPackets) packets in, its window full"
    case .silent: "idle two minutes later"
    case .keys: "\(Self.manyPackets) packets in under each key that it has at a time"
    }
  }

  /// Whether it is one that the bounds are for: a window in use is as large as its use.
  var isIdle: Bool { self == .few || self == .silent }

  /// Whether it makes a difference to a protocol.
  func isOf(_ description: ProtocolDescription) -> Bool {
    switch self {
    case .few: true
    case .window, .silent: ["nacltai", "salty"].contains(description.name)
    case .keys: description.name == "salty"
    }
  }
}

/// The most bytes that an idle peer of a protocol may cost, with all of its share in the guarded pages.
let bounds = ["nacltai": 16 << 10, "salty": 64 << 10]
