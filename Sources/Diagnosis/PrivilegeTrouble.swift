package import Configuration
package import LinuxSystem

/// What is wrong with SETUID and CHROOT, for a tunnel that starts and for whoever only looks. `spelled` is the setting as
/// it was written, `error` what the kernel said, nil if it was not asked.
package enum PrivilegeTrouble {
  package static func noUser(_ name: String, spelled: String) -> Complaint {
    Complaint("\(spelled): no such user", cure: Cure.addUser(name))
  }

  package static func cannotBecome(spelled: String, _ error: SystemCallError? = nil) -> Complaint {
    guard let error else { return Complaint("\(spelled): to become another user takes root") }
    return Complaint("\(spelled): \(error)", why: "To become another user takes root.")
  }

  package static func noDirectory(_ path: String, spelled: String) -> Complaint {
    Complaint("\(spelled): no such directory", cure: "mkdir -p \(path)")
  }

  package static func cannotEnter(spelled: String, _ error: SystemCallError? = nil) -> Complaint {
    guard let error else { return Complaint("\(spelled): to enter it takes root") }
    return Complaint("\(spelled): \(error)", why: "It has to be a directory, and to enter it takes root.")
  }
}
