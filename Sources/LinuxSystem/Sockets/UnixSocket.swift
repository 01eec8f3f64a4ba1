import CLinux
import Glibc
package import SystemPackage

/// Sockets in the file system, of others.
package enum UnixSocket {
  package enum Kind: Sendable { case datagrams, stream }

  /// A socket that is connected to that of `path`, or after an @ to that of the abstract name.
  package static func connected(to path: String, _ kind: Kind = .datagrams) throws(Errno) -> OwnedDescriptor {
    let type = Int32((kind == .datagrams ? SOCK_DGRAM : SOCK_STREAM).rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = OwnedDescriptor(adopting: try retrying { socket(AF_UNIX, type, 0) })
    _ = try retrying { unsafe clinux_connect_unix(descriptor.rawValue, path) }
    return descriptor
  }
}
