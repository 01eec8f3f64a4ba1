/// What came of looking for an interface in this network namespace.
package enum InterfaceLookup: Sendable, Equatable {
  case missing
  /// It is there, but not in /sys, whose mount belongs to one network namespace for good.
  case hiddenFromSys
  case found(InterfaceFacts)

  package init(_ name: String) {
    if let facts = InterfaceFacts(lookingUp: name) {
      self = .found(facts)
    } else {
      self = (try? NetworkInterface.mtu(of: name)) == nil ? .missing : .hiddenFromSys
    }
  }

  package var facts: InterfaceFacts? { if case .found(let facts) = self { facts } else { nil } }
}
