import Glibc
import SystemPackage

/// /dev/net/tun as it is.
package struct DeviceNode: Sendable, Equatable {
  /// What stands there.
  package enum Kind: Sendable, Equatable {
    /// The tun driver's node: character device 10:200 (linux/miscdevice.h, TUN_MINOR).
    case driver
    /// Container engines make a directory of a path that was to be mounted and did not exist.
    case directory
    /// A plain file, another device.
    case other
  }

  /// Nil if nothing is there, or it cannot be seen.
  package var kind: Kind?
  /// What opening it for reading and writing comes to; 0 if it can be opened. Only the driver's node is opened.
  package var errno: Int32
  /// Whether its permissions would let us open it.
  package var isPermitted: Bool

  package init(kind: Kind?, errno: Int32 = 0, isPermitted: Bool = true) {
    (self.kind, self.errno, self.isPermitted) = (kind, errno, isPermitted)
  }

  package init(lookingAt path: String) {
    var status = stat()
    (kind, errno, isPermitted) = (nil, 0, false)
    do throws(Errno) {
      _ = try retrying { unsafe stat(path, &status) }
      kind = Self.kind(status)
      isPermitted = unsafe access(path, R_OK | W_OK) == 0
      guard kind == .driver else { return }
      _ = OwnedDescriptor(adopting: try retrying { unsafe open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK) })
      errno = 0
    } catch {
      errno = error.rawValue
    }
  }

  private static func kind(_ status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFCHR where status.st_rdev == 10 << 8 | 200: .driver  // makedev(3)
    case S_IFDIR: .directory
    default: .other
    }
  }
}
