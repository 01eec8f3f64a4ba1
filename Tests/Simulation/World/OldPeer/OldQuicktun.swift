public import Sodium
public import TunnelCore

/// Models of the original program, quicktun 2.2.6, as the golden data and experiments with Debian's package show it: with
/// its faults, and sharing no code with ours, so that ours can meet it in the simulator.
///
/// For whoever plugs one into a session:
/// - The original looks at its timers at each datagram and each packet, and after five quiet seconds. So `tick` is called
///   once at the start, whenever the sealer's `needsHandshake` is true, and then every five seconds, not every second.
/// - It handles one datagram at a time, and moves a floating peer after each. So batches have one datagram each.
/// - Its clock is `Moment.unixSeconds`, in whole seconds, wherever that jumps.
/// - Answers have no place of their own: a session sends them where the peer was before the datagram that asked.
/// - What it says while it takes in a packet leaves at the next `tick`. The original says it before that packet's datagram.
public enum OldQuicktun {
  /// A process of quicktun 2.2.6 with PROTOCOL=salty, started at `start`.
  public static func salty(secret: SecretKey, peer: PublicKey, at start: Moment) -> TunnelProtocol {
    salty(secret: secret, peer: peer, at: start, keys: OldKey.made)
  }

  /// A process whose short-lived keys come from elsewhere, for golden data.
  static func salty(
    secret: SecretKey, peer: PublicKey, at start: Moment, keys: @escaping () -> OldKey
  ) -> TunnelProtocol {
    wireFormat(OldSalty(OldLongTermKeys(secret, peer), at: start, keys: keys))
  }

  /// A process of quicktun 2.2.6 with PROTOCOL=nacltai, started at `start`; `timeWindow` is its TIME_WINDOW in seconds.
  public static func nacltai(
    secret: SecretKey, peer: PublicKey, timeWindow: UInt32?, at start: Moment
  ) -> TunnelProtocol {
    nacltai(secret: secret, peer: peer, timeWindow: timeWindow, role: nil, at: start)
  }

  /// A process whose ROLE may be set.
  static func nacltai(
    secret: SecretKey, peer: PublicKey, timeWindow: UInt32?, role: Bool?, at start: Moment
  ) -> TunnelProtocol {
    wireFormat(OldNaClTAI(OldLongTermKeys(secret, peer, role: role), timeWindow: timeWindow, at: start))
  }

  private static func wireFormat(_ process: any OldProcess) -> TunnelProtocol {
    TunnelProtocol(sealer: OldSealer(process), opener: OldOpener(process))
  }
}
