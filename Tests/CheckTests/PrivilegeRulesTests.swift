import Check
import Configuration
import Testing

@Suite("What the caller may")
struct PrivilegeRulesTests {
  private let root = CheckRules.Caller(user: 0, name: "root", groups: [0], hasNetAdmin: true)
  private let ann = CheckRules.Caller(user: 1000, name: "ann", groups: [1000], hasNetAdmin: false)

  private func findings(
    _ caller: CheckRules.Caller, setuid: String? = nil, chroot: String? = nil, exist: Bool = true
  ) -> [Finding] {
    var settings = TunnelSettings()
    (settings.setuid, settings.chroot) = (setuid, chroot)
    return CheckRules.privileges(settings, caller, userExists: exist, directoryExists: exist)
  }

  @Test("who runs it, and who it becomes")
  func allowed() {
    #expect(findings(ann).map(\.fact) == ["Runs as ann"])
    let dropping = findings(root, setuid: "quicktun", chroot: "/srv")
    #expect(dropping.map(\.fact) == ["Runs as root, becomes quicktun once it is set up"])
  }

  @Test("both are problems for who is not root")
  func unprivileged() {
    let findings = findings(ann, setuid: "quicktun", chroot: "/srv")
    #expect(findings.map(\.severity) == [.problem, .problem])
    #expect(findings.map(\.fact) == ["SETUID: to become another user takes root", "CHROOT: to enter it takes root"])
  }

  @Test("a user and a directory that are not there, and how to make them")
  func missing() {
    let findings = findings(root, setuid: "quicktun", chroot: "/srv", exist: false)
    #expect(findings.map(\.cure) == ["adduser --system quicktun", "mkdir -p /srv"])
  }
}
