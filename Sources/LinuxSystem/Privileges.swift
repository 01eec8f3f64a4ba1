import CLinux
import Glibc
import SystemPackage

/// Giving up what the daemon no longer needs.
package enum Privileges {
  package struct User: Sendable {
    package let name: String
    package let uid: UInt32
    package let gid: UInt32
  }

  /// Looks a user up by name, or nil if the system knows none of that name. Before chroot: afterwards there may be no
  /// passwd file.
  package static func user(named name: String) -> User? {
    guard let entry = unsafe getpwnam(name) else { return nil }
    return unsafe User(name: name, uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
  }

  package static func changeRoot(to directory: String) throws(SystemCallError) {
    _ = try named("chroot \(directory)") { () throws(Errno) in try retrying { unsafe chroot(directory) } }
    _ = try named("chdir /") { () throws(Errno) in try retrying { unsafe chdir("/") } }
  }

  /// Becomes `user` for good: no supplementary groups, then the group, then the user.
  package static func become(_ user: User) throws(SystemCallError) {
    _ = try named("setgroups") { () throws(Errno) in try retrying { clinux_clear_groups() } }
    _ = try named("setgid \(user.gid)") { () throws(Errno) in try retrying { setgid(user.gid) } }
    _ = try named("setuid \(user.uid)") { () throws(Errno) in try retrying { setuid(user.uid) } }
    precondition(user.uid == 0 || setuid(0) != 0, "privileges came back")
  }

  /// Keys never reach a core dump: no dump at all, and nobody but root may look into the process.
  package static func forbidDumps() {
    _ = clinux_forbid_dumps()
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
  }
}
