package import TunnelCore

/// The memory of one read from a device: a virtio header, then a packet or a super-packet.
package final class SuperPacketBuffer {
  /// One slot, with the virtio header in its headroom.
  package internal(set) var memory = PacketBatch(
    byteCapacity: headroom + longestFrame, slotCapacity: 1, headroom: headroom)

  private static let headroom = 64
  /// IP's 64 KiB behind an Ethernet header with its tags.
  static let longestFrame = PacketBatch.largestPacket + 64

  /// Where in `memory` a read puts its bytes, and how many at most.
  package static let start = headroom - VirtioHeader.byteCount
  package static let capacity = VirtioHeader.byteCount + longestFrame
}

/// The buffers that the devices of one thread may share. A device needs one for the time of a call, and beyond that
/// only while a super-packet waits in it for room in the next batch: as many are made as did so at one time.
package final class SuperPacketBuffers {
  private(set) var spare: [SuperPacketBuffer] = []

  package init() {}

  func take() -> SuperPacketBuffer { spare.popLast() ?? SuperPacketBuffer() }
  func giveBack(_ buffer: SuperPacketBuffer) { spare.append(buffer) }
}
