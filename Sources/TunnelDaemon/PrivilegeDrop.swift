import Configuration
import Diagnosis
import LinuxSystem
import Logging

/// What a tunnel gives up when all is set up. From here on it reads and writes descriptors that are open already, and asks
/// the kernel what anybody may ask; that takes no privilege, and so it keeps none.
struct PrivilegeDrop {
  private let settings: TunnelSettings
  private let log: Logger

  init(_ settings: TunnelSettings, _ log: Logger) {
    self.settings = settings
    self.log = log
  }

  /// Root directory and user as CHROOT and SETUID have it, then all capabilities, also those of a user 0 that stays.
  func drop(to user: Privileges.User?) throws {
    Capabilities.dropBoundingSet()
    try changeRoot()
    try become(user)
    dropCapabilities()
    Privileges.forbidDumps()  // changing the user allowed them again
  }

  private func changeRoot() throws(Complaint) {
    guard let directory = settings.chroot else { return }
    do throws(SystemCallError) {
      try Privileges.changeRoot(to: directory)
    } catch {
      throw PrivilegeTrouble.cannotEnter(spelled: settings.spelled("CHROOT"), error)
    }
  }

  private func become(_ user: Privileges.User?) throws(Complaint) {
    guard let user else { return }
    do throws(SystemCallError) {
      try Privileges.become(user)
    } catch {
      throw PrivilegeTrouble.cannotBecome(spelled: settings.spelled("SETUID"), error)
    }
  }

  /// Always granted by the kernel itself; but a service manager's filter may not let the question through.
  private func dropCapabilities() {
    do throws(SystemCallError) {
      try Capabilities.drop()
    } catch {
      let complaint = Complaint(
        "Capabilities cannot be given up: \(error)", why: "The tunnel needs none any more, and keeps what it has.",
        cure: "In a systemd unit: SystemCallFilter=capset")
      log.warning("\(complaint)")
    }
  }
}
