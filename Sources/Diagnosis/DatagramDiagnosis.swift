package import Configuration
import LinuxSystem
package import ProtocolKit
import Sodium
package import TunnelCore

/// Works out why datagrams are not taken, by trying what else they could be. It informs and never accepts anything: what
/// it opens it forgets, and the protocol that runs knows nothing of it.
///
/// Costs a few failing tag checks and key agreements for a datagram; whoever calls it sees to it that that is seldom.
package struct DatagramDiagnosis {
  private let running: ProtocolDescription
  private let others: [ProtocolDescription]
  private let parameters: ProtocolParameters

  package init(_ running: ProtocolDescription, all: [ProtocolDescription], _ parameters: ProtocolParameters) {
    self.running = running
    others = all.filter { $0.name != running.name }
    self.parameters = parameters
  }

  /// The likeliest reason why the datagram was not taken. Nil if it was, or if there is nothing to say but that it is not
  /// authentic, and that may pass: a peer that answers announces its key again within `patience` seconds. `unopened` is for
  /// how long nothing that came could be opened.
  package func explain(
    _ sample: DatagramSample, peer: Endpoint?, at now: Moment, unopened seconds: Int = 0
  ) -> Complaint? {
    guard let reason = sample.reason else { return nil }
    if reason == .fromElsewhere { return stranger(sample, peer, now) }
    if reason == .reflected { return reflected(sample) }
    if opens(sample, running, now) { return authentic(sample, peer, now) }
    if let ownRole = opensUnderOwnRole(sample, now) { return ownRole }
    if let other = others.first(where: { $0.provesSender && opens(sample, $0, now) }) {
      return speaks(other, sample, now)
    }
    if isPlain(sample) && !running.isPlain { return plain(sample) }
    return wrongKey(sample) ?? (seconds >= Self.patience ? lostKey(sample) : nil)
  }

  private static let patience = 20

  // MARK: Trying

  /// Whether a fresh protocol, which has seen nothing and takes any time, takes the datagram.
  private func opens(
    _ sample: DatagramSample, _ description: ProtocolDescription, _ now: Moment, role: Bool? = nil
  ) -> Bool {
    var parameters = parameters
    parameters.given = description.name == running.name ? given : [:]
    if let role { parameters[.role] = role }
    parameters.start = now
    guard let fresh = try? description.make(parameters) else { return false }
    var datagrams = PacketBatch(byteCapacity: sample.datagram.count + 256, slotCapacity: 1)
    var control = PacketBatch(byteCapacity: 4096, slotCapacity: 8)
    fresh.tick(control: &control, at: now)
    control.removeAll()
    guard unsafe datagrams.appendCopy(of: sample.datagram.span.bytes) else { return false }
    fresh.open(&datagrams, control: &control, at: now)
    switch datagrams.state(of: 0) {
    case .passed, .consumed, .unproven: return true
    case .pending, .dropped: return false
    }
  }

  /// The settings that decide how its datagrams are sealed. How old one may be does not.
  private var given: [String: SettingValue] {
    let kept = running.settings.filter { !$0.onlyRefusesOld }.map(\.name)
    return parameters.given.filter { kept.contains($0.key) }
  }

  private func isPlain(_ sample: DatagramSample) -> Bool {
    unsafe InnerPacket.shape(of: sample.datagram.span.bytes) != .unknown
  }

  // MARK: Telling

  private func stranger(_ sample: DatagramSample, _ peer: Endpoint?, _ now: Moment) -> Complaint? {
    // What was opened before is a copy, whoever sends it.
    guard running.provesSender, sample.isNew != false, opens(sample, running, now) else { return nil }
    guard sample.isNew == true || isRecent(sample, running, now) else { return perhapsRecorded(sample, peer) }
    return Complaint(
      "The peer's datagrams come from \(sample.endpoint.text) and are not taken",
      why: "It is fixed to \(peer?.text ?? "another address"): NAT, or another LOCAL_PORT there.",
      cure: "Set REMOTE_FLOAT=1, or REMOTE_ADDRESS and REMOTE_PORT to that place.")
  }

  /// Whether it says that it was sent within the last minute.
  private func isRecent(_ sample: DatagramSample, _ description: ProtocolDescription, _ now: Moment) -> Bool {
    guard let claimed = unsafe description.claimedTime?(sample.datagram.span.bytes) else { return false }
    return now.unixSeconds.subtractingReportingOverflow(claimed).partialValue.magnitude < 60
  }

  /// Sealed by the peer, but nobody knows when. To say that the peer is there now would help whoever recorded it.
  private func perhapsRecorded(_ sample: DatagramSample, _ peer: Endpoint?) -> Complaint {
    Complaint(
      "Datagrams that the peer has sealed come from \(sample.endpoint.text) and are not taken",
      why:
        "It is fixed to \(peer?.text ?? "another address"). They may as well be recorded ones that somebody replays.",
      cure: "If you know that the peer is there (NAT, another LOCAL_PORT): set REMOTE_ADDRESS and REMOTE_PORT to that.")
  }

  private func reflected(_ sample: DatagramSample) -> Complaint {
    Complaint(
      "Our own datagrams come back from \(sample.endpoint.text)",
      why: "Something there sends back what it gets, or REMOTE_ADDRESS is this host.",
      cure: Cure.pointAtPeer)
  }

  /// Authentic, and refused all the same: its time.
  private func authentic(_ sample: DatagramSample, _ peer: Endpoint?, _ now: Moment) -> Complaint? {
    // A copy of what was taken is a replay, or the network's doing.
    guard sample.reason != .duplicate, let claimed = unsafe running.claimedTime?(sample.datagram.span.bytes) else {
      return nil
    }
    let behind = now.unixSeconds.subtractingReportingOverflow(claimed).partialValue
    if behind.magnitude < 5 {
      // Sent just now: what it sent before must have been ahead.
      return Complaint(
        "The peer's stamps are behind what it sent before", why: "Its clock was ahead, and has been set back.",
        cure: "Restart this side, once the peer's clock is right.")
    }
    let isElsewhere = peer != nil && peer != sample.endpoint
    let replay = isElsewhere ? " They come from \(sample.endpoint.text), so perhaps they are." : ""
    let direction = behind > 0 ? "behind" : "ahead of"
    return Complaint(
      "The peer's stamps are \(Self.text(seconds: behind.magnitude)) \(direction) our clock",
      why: behind > 0
        ? "They are below what it sent before, or out of TIME_WINDOW: refused as if they were replayed.\(replay)"
        : "Refused as if they were replayed.\(replay)",
      cure: "Set the clock on both sides (timedatectl), then restart this side.")
  }

  private func opensUnderOwnRole(_ sample: DatagramSample, _ now: Moment) -> Complaint? {
    let role = ProtocolSetting.role
    guard running.knows(role.name), let agreement = try? parameters.agreement() else { return nil }
    let isGreater = agreement.roles(override: parameters[role]).sending == 1
    guard opens(sample, running, now, role: !isGreater) else { return nil }
    return Complaint(
      "Datagrams from \(sample.endpoint.text) decrypt under our own role",
      why: "Both sides have the same ROLE, or one key pair without ROLE; or our own datagrams come back.",
      cure: "Set ROLE=1 on one side and ROLE=0 on the other.")
  }

  private func speaks(_ other: ProtocolDescription, _ sample: DatagramSample, _ now: Moment) -> Complaint {
    let doubt = isRecent(sample, other, now) ? "" : " Or somebody replays what was recorded when both had that."
    return Complaint(
      "Datagrams from \(sample.endpoint.text) decrypt as \(other.name)",
      why: "The peer has PROTOCOL=\(other.name), we have PROTOCOL=\(running.name).\(doubt)",
      cure: Cure.setAlike("PROTOCOL"))
  }

  private func plain(_ sample: DatagramSample) -> Complaint {
    let theirs = others.first(where: \.isPlain).map { "PROTOCOL=\($0.name)" } ?? "no encryption"
    return Complaint(
      "Unencrypted packets come from \(sample.endpoint.text)",
      why: "The peer has \(theirs), we have PROTOCOL=\(running.name).", cure: Cure.setAlike("PROTOCOL"))
  }

  private func wrongKey(_ sample: DatagramSample) -> Complaint? {
    guard sample.reason == .notAuthentic, let own = parameters.secretKey?.publicKey,
      unsafe running.failureIsTelling(sample.datagram.span.bytes)
    else { return nil }
    return Complaint(
      "Datagrams from \(sample.endpoint.text) fail under the peer's key",
      why: "PUBLIC_KEY here or there is not the other side's, or the datagrams are damaged, or a stranger's.",
      cure: "The peer needs PUBLIC_KEY=\(own); compare PUBLIC_KEY here with the key that it prints at its start.",
      showing: own)
  }

  /// It may be sealed for a process before this one. The original does not notice that the other side has restarted.
  private func lostKey(_ sample: DatagramSample) -> Complaint? {
    guard sample.reason == .noKey || sample.reason == .notAuthentic,
      unsafe !running.failureIsTelling(sample.datagram.span.bytes)
    else { return nil }
    return Complaint(
      "Datagrams from \(sample.endpoint.text) are sealed for a key that this side does not have",
      why: "It has restarted, and the peer has not announced its key since. quicktun 2.2.6 does so every five minutes.",
      cure: "Wait for that, or restart the tunnel there.")
  }

  /// "3 h", "40 s", "12 days".
  static func text(seconds: UInt64) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
