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

  /// The name of a user, or the number where it has none.
  package static func name(ofUser uid: UInt32) -> String {
    guard let entry = unsafe getpwuid(uid) else { return String(uid) }
    return unsafe String(cString: entry.pointee.pw_name)
  }

  package static func name(ofGroup gid: UInt32) -> String {
    guard let entry = unsafe getgrgid(gid) else { return String(gid) }
    return unsafe String(cString: entry.pointee.gr_name)
  }

  /// Looks a group up by name, or nil if the system knows none of that name.
  package static func group(named name: String) -> UInt32? {
    guard let entry = unsafe getgrnam(name) else { return nil }
    return unsafe entry.pointee.gr_gid
  }

  /// The effective group and the supplementary ones.
  package static var groups: [UInt32] {
    var groups = [gid_t](repeating: 0, count: 1024)
    let count = unsafe getgroups(Int32(groups.count), &groups)
    return [getegid()] + groups.prefix(max(0, Int(count)))
  }

  /// CAP_NET_ADMIN (bit 12, linux/capability.h) in the effective set.
  package static var hasNetworkAdministration: Bool {
    let line = TextFile.read("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    return line.flatMap { UInt64($0.dropFirst(8), radix: 16) }.map { $0 & 1 << 12 != 0 } ?? false
  }

  package static var effectiveUser: UInt32 { geteuid() }

  /// Whoever calls, even through sudo.
  package static var caller: UInt32 {
    unsafe getenv("SUDO_UID").flatMap { unsafe UInt32(String(cString: $0)) } ?? effectiveUser
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
