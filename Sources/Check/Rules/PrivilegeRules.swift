package import Configuration
import Diagnosis

extension CheckRules {
  /// SETUID and CHROOT: whether there are such a user and such a directory, and whether the caller may.
  package static func privileges(
    _ settings: TunnelSettings, _ caller: Caller, userExists: Bool, directoryExists: Bool
  ) -> [Finding] {
    let problems = [
      settings.setuid.flatMap { user($0, settings.spelled("SETUID"), caller, exists: userExists) },
      settings.chroot.flatMap { directory($0, settings.spelled("CHROOT"), caller, exists: directoryExists) },
    ].compactMap { $0 }
    if !problems.isEmpty { return problems }
    let becomes = settings.setuid.map { ", becomes \($0) once it is set up" } ?? ""
    return [Finding("privileges", .ok, "Runs as \(caller.name)\(becomes)")]
  }

  private static func user(_ user: String, _ spelled: String, _ caller: Caller, exists: Bool) -> Finding? {
    if !exists { return Finding("privileges", .problem, PrivilegeTrouble.noUser(user, spelled: spelled)) }
    if caller.user == 0 { return nil }
    return Finding("privileges", .problem, PrivilegeTrouble.cannotBecome(spelled: spelled))
  }

  private static func directory(_ directory: String, _ spelled: String, _ caller: Caller, exists: Bool) -> Finding? {
    if !exists {
      return Finding("privileges", .problem, PrivilegeTrouble.noDirectory(directory, spelled: spelled))
    }
    if caller.user == 0 { return nil }
    return Finding("privileges", .problem, PrivilegeTrouble.cannotEnter(spelled: spelled))
  }
}
