package import Configuration

extension CheckRules {
  /// All complaints of the settings, not only the first.
  package static func configuration(_ reading: SettingsReader.Reading) -> [Finding] {
    let findings =
      reading.complaints.map { Finding("configuration", .problem, $0) }
      + reading.warnings.map { Finding("configuration", .warning, $0) }
    if !findings.isEmpty { return findings }
    return [Finding("configuration", .ok, "\(reading.settings.spellings.count) settings, all of them understood")]
  }
}
