import LinuxSystem

extension CheckRules {
  /// Who runs the tunnel.
  package struct Caller: Sendable {
    package var user: UInt32
    package var name: String
    package var groups: [UInt32]
    package var hasNetAdmin: Bool

    package init(user: UInt32, name: String, groups: [UInt32], hasNetAdmin: Bool) {
      (self.user, self.name, self.groups, self.hasNetAdmin) = (user, name, groups, hasNetAdmin)
    }

    /// Whoever runs check.
    static var current: Caller {
      let user = Privileges.effectiveUser
      return Caller(
        user: user, name: Privileges.name(ofUser: user), groups: Privileges.groups,
        hasNetAdmin: Privileges.hasNetworkAdministration)
    }

    /// drivers/net/tun.c, tun_not_capable(): with both an owner and a group, both have to match.
    func mayAttach(to facts: InterfaceFacts) -> Bool {
      let isOwner = facts.owner.map { $0 == user } ?? true
      let isMember = facts.group.map { groups.contains($0) } ?? true
      return hasNetAdmin || isOwner && isMember
    }
  }
}
