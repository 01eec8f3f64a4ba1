/// What was found wrong, and what only odd.
struct Problems {
  var complaints: [Complaint] = []
  var warnings: [Complaint] = []
  private let table: SettingsTable
  /// What may have been meant as a setting that is not given.
  private var doubts: [Doubt] = []

  private struct Doubt {
    /// The setting that may have been meant.
    var name: String
    /// "PROTCOL is unknown"
    var fact: String
  }

  /// What decides whether a tunnel is encrypted, and how.
  private static let crucial: Set<String> = ["PROTOCOL", "PUBLIC_KEY", "PRIVATE_KEY", "PRIVATE_KEY_FILE"]

  init(_ table: SettingsTable) { self.table = table }

  mutating func complain(_ what: String, why: String? = nil, cure: String? = nil) {
    complaints.append(Complaint(what, why: why, cure: cure))
  }

  mutating func warn(_ what: String, why: String? = nil, cure: String? = nil) {
    warnings.append(Complaint(what, why: why, cure: cure))
  }

  /// A name that is no setting: told, since it may be a setting misspelled, but not fatal by itself, since quicktun never
  /// minded.
  mutating func warnOfUnknown(_ label: String, name: String) {
    let near = table.near(name)
    warn(
      "\(printable(label)): unknown, ignored", why: near.map(perhapsMeant),
      cure: near == nil ? Cure.listSettings : nil)
    doubt(near ?? Self.topic(of: name), "\(printable(label)) is unknown")
  }

  /// The same in a file of ours, where every name is meant for us.
  mutating func complainOfUnknown(_ label: String, name: String) {
    complain(
      "\(printable(label)): no such setting", why: table.near(name).map(perhapsMeant),
      cure: Cure.listSettings)
  }

  /// Remembers that the setting `name`, or what may have been meant for it, was given and not taken.
  mutating func doubt(_ name: String?, _ fact: String) {
    if let name, Self.crucial.contains(name) { doubts.append(Doubt(name: name, fact: fact)) }
  }

  /// Why a protocol must not be chosen for want of one that is named; nil if nothing speaks against it. A misspelled
  /// PROTOCOL forbids every choice, a misspelled key the one that needs none.
  func reasonNotToChoose(unencrypted: Bool) -> (fact: String, name: String)? {
    doubts.first { unencrypted || $0.name == "PROTOCOL" }.map { ($0.fact, $0.name) }
  }

  /// What a name is about that resembles no setting's: IF_QT_CIPHER, PUBKEY.
  private static func topic(of name: String) -> String? {
    let name = name.uppercased()
    func has(_ part: String) -> Bool { name.indices.contains { name[$0...].hasPrefix(part) } }
    if has("KEY") || has("SECRET") { return "PRIVATE_KEY" }
    return ["PROTO", "CIPHER", "CRYPT"].contains(where: has) ? "PROTOCOL" : nil
  }
}
