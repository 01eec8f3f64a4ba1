package import Configuration
package import Sodium

/// One line of what `quicktun check` has to say. Like a complaint it has nothing in it that a terminal would obey or that
/// could be a secret key.
package struct Finding: Sendable, Equatable {
  package enum Severity: String, Sendable, CaseIterable { case ok, warning, problem }

  /// What it is about: "device", "keys".
  package var topic: String
  package var severity: Severity
  package var fact: String
  package var why: String?
  package var cure: String?

  /// `key` is a public key that the text tells on purpose.
  package init(
    _ topic: String, _ severity: Severity, _ fact: String, why: String? = nil, cure: String? = nil,
    showing key: PublicKey? = nil
  ) {
    self.init(topic, severity, Complaint(fact, why: why, cure: cure, showing: key))
  }

  package init(_ topic: String, _ severity: Severity, _ complaint: Complaint) {
    (self.topic, self.severity) = (topic, severity)
    (fact, why, cure) = (complaint.what, complaint.why, complaint.cure)
  }
}

extension [Finding] {
  /// 0 if all is well, 1 with warnings, 2 with problems.
  package var exitStatus: Int32 {
    if contains(where: { $0.severity == .problem }) { return 2 }
    return contains { $0.severity == .warning } ? 1 : 0
  }
}
