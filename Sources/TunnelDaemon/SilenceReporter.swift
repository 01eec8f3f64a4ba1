import Configuration
import Diagnosis
import LinuxSystem
import Logging
import TunnelSetup
import TunnelCore

/// Says why nothing arrives, while that is so: once for each reason, and again after ten minutes.
///
/// It costs nothing while packets pass. While none does it looks at one datagram a second, however many come.
final class SilenceReporter: Reporter {
  private let sampler: DatagramSampler
  private let diagnosis: DatagramDiagnosis
  private let expected: InnerPacket.Shape
  private let device: String
  private let log: LimitedLog

  private var outage = Outage()
  private var lastAuthentic: UInt64 = 0
  private var secondsWithoutAny = 0
  /// Seconds since something was opened last.
  private var secondsUnopened = 0
  private var hasSeenGoodPacket = false
  /// What was said, and when (monotonic seconds).
  private var said: [String: UInt64] = [:]

  /// Seconds without any datagram at all after which that is said.
  private static let patience = 15
  private static let repetition: UInt64 = 600

  init(
    _ sampler: DatagramSampler, diagnosis: DatagramDiagnosis, expected: InnerPacket.Shape, device: String,
    log: LimitedLog
  ) {
    self.sampler = sampler
    self.diagnosis = diagnosis
    self.expected = expected
    self.device = device
    self.log = log
  }

  func look(at snapshot: TunnelSnapshot) {
    let (sent, received) = (snapshot.counters.outbound.sent, snapshot.counters.inbound)
    let isSilent = received.authentic == lastAuthentic
    secondsUnopened = isSilent ? secondsUnopened + 1 : 0
    if let sample = sampler.takeSample() { consider(sample, isSilent: isSilent, snapshot) }
    let isAlone = received.arrived == 0 && sent.packets + received.controlSent > 0
    secondsWithoutAny = isAlone ? secondsWithoutAny + 1 : 0
    let event = outage.look(lastHeard: snapshot.lastHeard, sent: sent.packets, at: snapshot.now)
    if let event { say(event, of: snapshot.peer) }
    if secondsWithoutAny == Self.patience {
      let complaint = PathTrouble.nothingCame(from: snapshot.peer, seconds: Self.patience)
      log.write(.warning, .silence, "\(complaint)")
    }
    sampler.wantsSample = isSilent || !hasSeenGoodPacket
    lastAuthentic = received.authentic
  }

  private func consider(_ sample: DatagramSample, isSilent: Bool, _ snapshot: TunnelSnapshot) {
    if !sample.packet.isEmpty { return considerPacket(sample.packet, snapshot.now) }
    guard isSilent else { return }
    let complaint = diagnosis.explain(sample, peer: snapshot.peer, at: snapshot.now, unopened: secondsUnopened)
    if let complaint { say(complaint, snapshot.now) }
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

  private func say(_ event: Outage.Event, of peer: Endpoint?) {
    let peer = peer?.text ?? "the peer"
    switch event {
    case .begins:
      log.write(.notice, .silence, "Nothing has come from \(peer) for \(Outage.patience) s, although packets go there")
    case .ends(let seconds): log.write(.notice, .silence, "\(peer) is heard again, after \(seconds) s")
    }
  }
}
