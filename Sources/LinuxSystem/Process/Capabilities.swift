import CLinux
import Glibc
import SystemPackage

/// Giving up the rights that Linux makes of root's power (capabilities(7)). Plain system calls, so no library; they
/// are for the calling thread, and this process has one.
package enum Capabilities {
  /// Empties the bounding set, beyond which not even a program of root's goes. Does nothing where CAP_SETPCAP is
  /// missing. To be called before the user is changed, which takes that away.
  package static func dropBoundingSet() {
    var capability: Int32 = 0
    // A number beyond those that this kernel knows is refused.
    while clinux_drop_bounding(capability) == 0 { capability += 1 }
  }

  /// Empties all other sets, and lets no program that is executed from here on bring anything back. CAP_IPC_LOCK stays,
  /// if it is there, where the limit is too low to lock keys without it.
  package static func drop() throws(SystemCallError) {
    _ = try named("prctl PR_SET_NO_NEW_PRIVS") { () throws(Errno) in try retrying { clinux_forbid_new_privileges() } }
    _ = try named("prctl PR_CAP_AMBIENT") { () throws(Errno) in try retrying { clinux_clear_ambient() } }
    let keepsLocking: Int32 = MemoryLocks.areEnough ? 0 : 1
    _ = try named("capset") { () throws(Errno) in try retrying { clinux_reduce_capabilities(keepsLocking) } }
  }
}
