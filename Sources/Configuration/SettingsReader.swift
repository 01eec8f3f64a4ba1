public import ProtocolKit

/// Settings from wherever they were given to one checked whole.
///
/// 1. the command line; 2. IF_QT_ names; 3. the file; 4. plain names, only if none of these gave anything. The first
/// that names a setting wins. Everything that is wrong is collected, not only the first.
public struct SettingsReader {
  /// What settings are read from.
  public struct Source {
    /// Without the program's name and without a subcommand.
    public var arguments: [GivenText]
    /// "NAME=value".
    public var environment: [GivenText]
    public var protocols: [ProtocolDescription]
    public var readFile: FileReader

    public init(
      arguments: [GivenText], environment: [GivenText], protocols: [ProtocolDescription], readFile: @escaping FileReader
    ) {
      self.arguments = arguments
      self.environment = environment
      self.protocols = protocols
      self.readFile = readFile
    }
  }

  public enum Request: Sendable, Equatable { case run, help, version }

  /// What came of it. The settings are of use only if there is no complaint.
  public struct Reading: Sendable {
    public var request = Request.run
    public var settings = TunnelSettings()
    public var complaints: [Complaint] = []
    public var warnings: [Complaint] = []
    /// The file of --config.
    public var configFile: String?
    /// Indices of arguments that hold a secret and should be wiped from the process's memory.
    public var secretArguments: [Int] = []
  }

  public static func read(_ source: Source) -> Reading {
    let table = SettingsTable(source.protocols)
    var problems = Problems(table)
    let arguments = ArgumentParser(source.arguments, table, &problems)
    var reading = Reading()
    reading.secretArguments = arguments.secretArguments
    reading.configFile = arguments.configFile
    if arguments.wantsHelp || arguments.wantsVersion {
      reading.request = arguments.wantsHelp ? .help : .version
      return reading
    }
    let file = arguments.configFile.flatMap { readFile($0, source.readFile, table, &problems) }
    let environment = Environment(source.environment, table)
    let given = collect(arguments, file?.occurrences ?? [], environment, &problems)
    reading.settings = apply(given, table, &problems)
    reading.settings.spellings = given.mapValues(\.text)
    var validation = SettingsValidation(given: given, source, mayBeInClear: file?.isScript ?? true)
    validation.validate(&reading.settings, &problems)
    reading.complaints = problems.complaints
    reading.warnings = problems.warnings
    return reading
  }

  /// One occurrence of each setting that was given: the one that counts.
  private static func collect(
    _ arguments: ArgumentParser, _ file: [GivenSetting], _ environment: Environment, _ problems: inout Problems
  ) -> [String: GivenSetting] {
    environment.warnOfUnknown(&problems)
    let usesPlain = arguments.occurrences.isEmpty && arguments.configFile == nil && !environment.isIfupdown
    if usesPlain {
      environment.warnOfNearlySettings(&problems)
    } else {
      environment.warnOfIgnored(&problems)
    }
    var given: [String: GivenSetting] = [:]
    for occurrences in [arguments.occurrences, environment.ifupdown, file, usesPlain ? environment.plain : []] {
      merge(occurrences, into: &given, &problems)
    }
    return given
  }

  /// Adds what no earlier source gave. Twice in one source is told of.
  private static func merge(
    _ occurrences: [GivenSetting], into given: inout [String: GivenSetting], _ problems: inout Problems
  ) {
    var here: Set<String> = []
    for occurrence in occurrences where !occurrence.value.isEmpty || occurrence.setting.isSwitch {
      let name = occurrence.setting.name
      let isSecondHere = !here.insert(name).inserted
      if given[name] == nil {
        given[name] = occurrence
      } else if isSecondHere && occurrence.spelling != .iface {
        problems.warn("\(occurrence.text): ignored", why: "\(name) is given twice, and the first one counts.")
      }
    }
    for occurrence in occurrences where occurrence.value.isEmpty && !occurrence.setting.isSwitch {
      problems.warn("\(occurrence.label) is empty: as if it were not given")
      problems.doubt(occurrence.setting.name, "\(occurrence.label) is empty")
    }
  }

  private static func readFile(
    _ path: String, _ read: FileReader, _ table: SettingsTable, _ problems: inout Problems
  ) -> ConfigFile? {
    do throws(FileProblem) {
      let file = try read(path, ConfigFile.largest)
      guard file.writers.isEmpty else {
        // Not even its mistakes are of interest then.
        problems.complain(
          "--config \(printable(path)): \(file.writers.fact)", why: "It can hold a script, which is run as root.",
          cure: file.writers.cure(path))
        return nil
      }
      return ConfigFile(path: path, file, table, &problems)
    } catch {
      problems.complain("--config \(printable(path)): \(error.reason)")
      return nil
    }
  }

  private static func apply(
    _ given: [String: GivenSetting], _ table: SettingsTable, _ problems: inout Problems
  ) -> TunnelSettings {
    var settings = TunnelSettings()
    for setting in table.all {
      guard let occurrence = given[setting.name], isFreeOfComments(occurrence, &problems) else { continue }
      do throws(SettingRejection) {
        try setting.read(occurrence.value, &settings)
      } catch {
        let accepted = "Accepted: \(setting.accepted)."
        problems.complain(
          "\(occurrence.text): not accepted", why: error.why.map { "\($0) \(accepted)" } ?? accepted,
          cure: error.cure)
      }
    }
    return settings
  }

  private static func isFreeOfComments(_ occurrence: GivenSetting, _ problems: inout Problems) -> Bool {
    guard !occurrence.setting.kind.mayHoldComment, occurrence.value.commentIndex != nil else { return true }
    let name = occurrence.setting.name
    problems.complain(
      "\(occurrence.text): a comment became part of the value",
      why: "In /etc/network/interfaces and in the environment a # behind a value is not a comment.",
      cure: "Put the comment on a line of its own, before qt_\(name.lowercased()).")
    return false
  }
}
