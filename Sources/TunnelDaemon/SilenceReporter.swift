import Configuration
import Diagnosis
import LinuxSystem
import Logging
import TunnelSetup
import TunnelCore

/// Says why nothing arrives, while that is so: once for each reason, and again after ten minutes.
///
/// It costs nothing while packets pass. While none does it looks at one datagram a second, however many come.
final class SilenceReporter {
  private let relay: Relay
  private let diagnosis: DatagramDiagnosis
  private let expected: InnerPacket.Shape
  private let device: String
  private let log: LimitedLog

  private var outage = Outage()
  private var lastAuthentic: UInt64 = 0
  private var secondsWithoutAny = 0
  private var hasSeenGoodPacket = false
  /// What was said, and when (monotonic seconds).
  private var said: [String: UInt64] = [:]

  /// Seconds without any datagram at all after which that is said.
  private static let patience = 15
  private static let repetition: UInt64 = 600

  init(relay: Relay, diagnosis: DatagramDiagnosis, expected: InnerPacket.Shape, device: String, log: LimitedLog) {
    self.relay = relay
    self.diagnosis = diagnosis
    self.expected = expected
    self.device = device
    self.log = log
  }

  /// To be called about once a second.
  func look(at now: Moment) {
    let counters = relay.counters
    let authentic = counters.authentic
    let isSilent = authentic == lastAuthentic
    if let glimpse = relay.takeGlimpse() { consider(glimpse, isSilent: isSilent, now) }
    let isAlone = counters.arrived == 0 && counters.sent.packets + counters.controlSent > 0
    secondsWithoutAny = isAlone ? secondsWithoutAny + 1 : 0
    if let event = outage.look(authentic: authentic, sent: counters.sent.packets, at: now.monotonicSeconds) {
      say(event)
    }
    if secondsWithoutAny == Self.patience { sayNothingCame() }
    relay.wantsGlimpse = isSilent || !hasSeenGoodPacket
    lastAuthentic = authentic
  }

  private func consider(_ glimpse: Relay.Glimpse, isSilent: Bool, _ now: Moment) {
    if !glimpse.packet.isEmpty { return considerPacket(glimpse.packet, now) }
    guard isSilent, let evidence = RejectedDatagram(glimpse) else { return }
    if let complaint = diagnosis.explain(evidence, peer: relay.peer, at: now) {
      say(complaint, now)
    }
  }

  private func considerPacket(_ packet: [UInt8], _ now: Moment) {
    let shape = unsafe InnerPacket.shape(of: packet.span.bytes)
    if let complaint = InnerPacket.complaint(shape, expected: expected, device: device) {
      say(complaint, now)
    } else if shape != .unknown {
      hasSeenGoodPacket = true
    }
  }

  /// One reason is said once, whatever addresses and ages a stranger makes it come with.
  private func say(_ complaint: Complaint, _ now: Moment) {
    let reason = complaint.why ?? complaint.what
    let second = now.monotonicSeconds
    if let before = said[reason], second < before + Self.repetition { return }
    if said.count > 32 { said = [:] }
    said[reason] = second
    log.write(.warning, .silence, "\(complaint)")
  }

  private func say(_ event: Outage.Event) {
    let peer = relay.peer?.text ?? "the peer"
    switch event {
    case .begins:
      log.write(.notice, .silence, "Nothing has come from \(peer) for \(Outage.patience) s, although packets go there")
    case .ends(let seconds): log.write(.notice, .silence, "\(peer) is heard again, after \(seconds) s")
    }
  }

  private func sayNothingCame() {
    log.write(
      .warning, .silence,
      """
      Nothing has come from \(relay.peer?.text ?? "the peer") in \(Self.patience) s
        It may not be running yet, or a firewall between may not let UDP pass.
        Is it started there, with this host's address and port? Does a firewall let its UDP port in?
      """)
  }
}
