import CLinux
import Glibc

extension SystemLog {
  /// Whether somebody listens at /dev/log, which is where syslog(3) sends its lines: a datagram socket as a rule, a
  /// stream with some.
  package static var hasListener: Bool {
    [SOCK_DGRAM, SOCK_STREAM].contains { type in
      let kind = Int32(type.rawValue | SOCK_CLOEXEC.rawValue)
      guard let number = try? retrying({ socket(AF_UNIX, kind, 0) }) else { return false }
      let descriptor = OwnedDescriptor(adopting: number)
      return unsafe clinux_connect_unix(descriptor.rawValue, "/dev/log") == 0
    }
  }
}
