import CLinux
import Glibc

/// The memory that datagrams wait in (socket(7)).
extension UDPSocket {
  /// Buffers of `bytes` in both directions: beyond the system's limit where CAP_NET_ADMIN allows it, else up to it.
  package func setBuffers(bytes: Int32) {
    if !setOption(SOL_SOCKET, SO_RCVBUFFORCE, bytes) { _ = setOption(SOL_SOCKET, SO_RCVBUF, bytes) }
    if !setOption(SOL_SOCKET, SO_SNDBUFFORCE, bytes) { _ = setOption(SOL_SOCKET, SO_SNDBUF, bytes) }
  }

  /// A receive buffer of `bytes`, which the kernel doubles.
  package func setReceiveBuffer(bytes: Int32) { _ = setOption(SOL_SOCKET, SO_RCVBUF, bytes) }

  /// How many datagrams the receive buffer had no room for, so far. The kernel counts in 32 bits.
  package var receiveDrops: UInt32 {
    var count: UInt32 = 0
    return unsafe clinux_receive_drops(rawValue, &count) == 0 ? count : 0
  }
}
