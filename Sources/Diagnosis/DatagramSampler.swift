package import TunnelCore

/// Stands before an opener and, when it is asked to, keeps a copy of one datagram and of what became of it: for whoever
/// works out why nothing arrives. What it costs while it is not asked is one call a batch.
package final class DatagramSampler: PacketOpener {
  private let opener: any PacketOpener
  /// Set it to keep the first of the datagrams that come next.
  package var wantsSample = false
  private var sample: DatagramSample?

  package init(_ opener: any PacketOpener) { self.opener = opener }

  /// Takes what was kept.
  package func takeSample() -> DatagramSample? {
    defer { sample = nil }
    if let datagram = sample?.datagram { sample?.isNew = unsafe opener.isNew(datagram.span.bytes) }
    return sample
  }

  package func open(
    _ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment
  ) {
    let isSampled = wantsSample && !range.isEmpty
    if isSampled { begin(datagrams, range.lowerBound) }
    opener.open(&datagrams, range, control: &control, at: now)
    if isSampled { end(datagrams, range.lowerBound) }
  }

  package func tick(control: inout PacketBatch, at now: Moment) { opener.tick(control: &control, at: now) }

  package func isNew(_ datagram: RawSpan) -> Bool? { opener.isNew(datagram) }

  private func begin(_ datagrams: borrowing PacketBatch, _ index: Int) {
    wantsSample = false
    sample = DatagramSample(datagram: datagrams.copy(of: index), endpoint: datagrams.endpoint(of: index))
  }

  private func end(_ datagrams: borrowing PacketBatch, _ index: Int) {
    switch datagrams.state(of: index) {
    case .dropped(let reason): sample?.reason = reason
    case .passed: sample?.packet = datagrams.copy(of: index)
    case .pending, .consumed, .unproven: break
    }
  }
}
