import LinuxSystem
import Offload

/// What the devices of one thread need during a call, and so can share: an idle device costs none of it.
package final class SuperPacketWorkspace {
  let buffers = SuperPacketBuffers()
  /// For one write: the virtio header, and the pieces of a super-packet.
  var vectors = VectorArray(capacity: 130, prefixByteCount: VirtioHeader.byteCount)

  package init() {}
}
