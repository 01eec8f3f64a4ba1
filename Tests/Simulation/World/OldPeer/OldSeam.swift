import TunnelCore

/// The original behind the seam for packets that leave.
final class OldSealer: PacketSealer {
  private let process: any OldProcess
  let overhead: Int
  var headroom: Int { overhead }

  init(_ process: any OldProcess) {
    self.process = process
    overhead = process.overhead
  }

  /// There is something to say, which only the opener can.
  var needsHandshake: Bool { !process.outbox.isEmpty }

  func seal(_ packets: inout PacketBatch, _ range: Range<Int>, at now: Moment) {
    for index in range where packets.isPending(index) {
      switch process.seal(packets.copy(of: index), at: now) {
      case .success(let datagram):
        packets.extendFront(of: index, by: overhead)
        packets.replace(index, with: datagram)
        packets.pass(index)
      case .failure(let refusal): packets.drop(index, refusal.reason)
      }
    }
  }
}

/// The original behind the seam for datagrams that arrive.
final class OldOpener: PacketOpener {
  private let process: any OldProcess

  init(_ process: any OldProcess) { self.process = process }

  func open(_ datagrams: inout PacketBatch, _ range: Range<Int>, control: inout PacketBatch, at now: Moment) {
    for index in range where datagrams.isPending(index) {
      switch process.open(datagrams.copy(of: index), at: now) {
      case .success(.packet(let packet)):
        datagrams.trimFront(of: index, by: process.overhead)
        datagrams.replace(index, with: packet)
        datagrams.pass(index)
      case .success(.control): datagrams.consume(index)
      case .failure(let refusal): datagrams.drop(index, refusal.reason)
      }
    }
    send(&control)
  }

  func tick(control: inout PacketBatch, at now: Moment) {
    process.lookAtTimers(at: now)
    send(&control)
  }

  private func send(_ control: inout PacketBatch) {
    for datagram in process.outbox {
      control.append(length: datagram.count, to: .unspecified) { $0.copy(datagram) }
    }
    process.outbox = []
  }
}

extension PacketBatch {
  fileprivate mutating func replace(_ index: Int, with bytes: [UInt8]) {
    precondition(length(of: index) == bytes.count)
    var span = self[index]
    span.copy(bytes)
  }
}

extension MutableRawSpan {
  @_lifetime(self: copy self)
  fileprivate mutating func copy(_ bytes: [UInt8]) {
    withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
  }
}
