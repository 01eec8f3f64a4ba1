// Questions to the table of protocols.

extension [ProtocolDescription] {
  /// The one called `name`.
  public func named(_ name: String?) -> ProtocolDescription? { first { $0.name == name } }

  /// What is taken where PROTOCOL is not given.
  package func assumed(withKeys: Bool) -> ProtocolDescription? { first { $0.isAssumed && $0.needsKeys == withKeys } }

  /// What to use instead of a weak one, the best first: those that nothing is to be said against, then those that only
  /// want a setting.
  package var advisable: [ProtocolDescription] {
    let sound = filter { $0.needsKeys && $0.weakness == nil && $0.floatingRisk == nil }
    func wantsSetting(_ description: ProtocolDescription) -> Bool {
      description.settings.contains { $0.ifAbsent != nil }
    }
    return sound.filter { !wantsSetting($0) } + sound.filter(wantsSetting)
  }

  /// The settings that protocols have of their own, each name once: they may share one, if they mean the same by it.
  package var settings: [any DeclaredSetting] {
    flatMap(\.settings).reduce(into: []) { result, setting in
      guard let before = result.first(where: { $0.name == setting.name }) else { return result.append(setting) }
      precondition(before.kind.accepted == setting.kind.accepted, "two protocols differ on \(setting.name)")
    }
  }

  /// The protocols that know a setting.
  package func names(knowing setting: String) -> [String] { filter { $0.knows(setting) }.map(\.name) }
}
