import BuiltinProtocols
import Configuration
import ProtocolKit
import Testing

/// parcel is in no module of the program: what is said of it comes from its description alone.
@Suite("A protocol of somebody else's is known by its description")
struct ForeignProtocolTests {
  private static let string = ProtocolSetting(
    "STRING_LENGTH", .number(1...9, unit: "cm"), default: 4, "how it is tied.")
  private static let label = ProtocolSetting<String?>(
    "LABEL", .text(TextForm("a word", placeholder: "WORD", check: TextForm.oneWord)), otherwise: "none",
    "what stands on it.",
    ifAbsent: Advice(why: "Nobody knows what is in it.", cure: "Set LABEL."))

  private static func parcel(
    needsKeys: Bool = true, isAssumed: Bool = false, weakness: Weakness? = nil, floatingRisk: String? = nil,
    isPlain: Bool = false, settings: [any DeclaredSetting] = [string, label]
  ) -> ProtocolDescription {
    ProtocolDescription(
      name: "parcel", summary: "paper and string", needsKeys: needsKeys, overhead: 8, settings: settings,
      isAssumed: isAssumed, weakness: weakness, floatingRisk: floatingRisk, isPlain: isPlain
    ) { _ throws(ProtocolError) in throw .missingKeys }
  }

  private func reading(
    _ entries: [String], _ arguments: [String] = [], files: [String: TestFile] = [:],
    of protocols: [ProtocolDescription] = builtinProtocols + [parcel()]
  ) -> SettingsReader.Reading {
    read(arguments, environment: entries, files: files, protocols: protocols)
  }

  // MARK: Settings

  @Test(
    "its settings are taken from everywhere, and reach it as numbers and words",
    arguments: [
      (["--string-length", "7", "--label", "glass"], [], ""),
      (["-c", "STRING_LENGTH", "7", "-c", "LABEL", "glass"], [], ""),
      ([], ["IF_QT_STRING_LENGTH=7", "IF_QT_LABEL=glass"], ""),
      (["--config", "f"], [], "STRING_LENGTH=7\nLABEL=glass\n"),
    ] as [([String], [String], String)])
  func sources(arguments: [String], entries: [String], file: String) {
    let common = (arguments.isEmpty ? keys.map { "IF_QT_\($0)" } + ["IF_QT_PROTOCOL=parcel"] : [])
    let more =
      arguments.isEmpty ? [] : ["--protocol", "parcel", "--private-key", ownSecret, "--public-key", peerPublic]
    let reading = reading(common + entries, more + arguments, files: ["f": TestFile(text: file)])
    #expect(reading.complaints == [])
    #expect(reading.settings.ofProtocols == ["STRING_LENGTH": .number(7), "LABEL": .text("glass")])
  }

  @Test("what is wrong with a value is told as of any other setting's")
  func complaints() {
    let reading = reading(["PROTOCOL=parcel", "STRING_LENGTH=10", "LABEL=two words"] + keys)
    #expect(
      reading.complaintTexts == [
        "STRING_LENGTH=10: not accepted\n  Accepted: 1 to 9 cm.",
        "LABEL=two words: not accepted\n  There is a blank in the value. Accepted: a word.",
      ])
    let misspelt = self.reading([], ["--string-lenght", "7"])
    #expect(misspelt.complaintTexts.contains { $0.contains("Perhaps --string-length was meant.") })
  }

  @Test("a missing one is warned of if the protocol has something to say of that, one that is for another always")
  func oddities() {
    #expect(
      reading(["PROTOCOL=parcel"] + keys).warningTexts == [
        "LABEL is not given\n  Nobody knows what is in it.\n  Set LABEL."
      ])
    #expect(reading(["PROTOCOL=parcel", "LABEL=x"] + keys).warnings == [])
    let salty = reading(["PROTOCOL=salty", "LABEL=x"] + keys)
    #expect(salty.warningTexts == ["LABEL=x: no effect; it is for parcel"])
  }

  @Test("--help has them, under the protocol's name; what two protocols share stands there once, under both")
  func help() {
    let shared = Self.parcel(settings: [Self.string, ProtocolSetting.timeWindow])
    let help = Help.settings(SettingsTable(builtinProtocols + [shared]))
    #expect(help.contains("  --string-length CM\n        STRING_LENGTH: parcel: how it is tied. [4]"))
    #expect(help.contains("TIME_WINDOW: nacltai, parcel: how old"))
    #expect(help.split(separator: "--time-window").count == 2)
    let both = reading(["PROTOCOL=salty", "TIME_WINDOW=1"] + keys, of: builtinProtocols + [shared])
    #expect(both.warningTexts == ["TIME_WINDOW=1: no effect; it is for nacltai and parcel"])
  }

  @Test("a setting that takes the name of another is a mistake in the program")
  func collision() async {
    await #expect(processExitsWith: .failure) {
      _ = SettingsTable([Self.parcel(settings: [ProtocolSetting("MTU", .number(0...1), default: 0, "no.")])])
    }
    await #expect(processExitsWith: .failure) {
      let other = ProtocolSetting("STRING_LENGTH", .number(1...2), default: 1, "no.")
      _ = SettingsTable([Self.parcel(settings: [Self.string]), Self.parcel(settings: [other])])
    }
  }

  @Test("one whose type cannot hold what is accepted is, too")
  func narrowType() async {
    await #expect(processExitsWith: .failure) {
      _ = ProtocolSetting<UInt16?>("A", .number(0...65536), otherwise: "-", "-")
    }
    await #expect(processExitsWith: .failure) { _ = ProtocolSetting("A", .choice(["one"]), default: 1, "-") }
    await #expect(processExitsWith: .failure) { _ = ProtocolSetting("A", .number(1...2, or: "auto"), default: 1, "-") }
  }

  // MARK: Weakness

  @Test("what it does not protect from is told of where it is chosen")
  func weakness() {
    let weak = [Self.parcel(weakness: Weakness("paper tears", advice: "Keep it dry."), settings: [])]
    #expect(
      reading(["PROTOCOL=parcel"] + keys, of: weak).warningTexts == ["PROTOCOL=parcel: paper tears\n  Keep it dry."])
  }

  @Test("and who can move a floating peer, with a better one if there is any")
  func floating() {
    let risky = Self.parcel(floatingRisk: "The postman.", settings: [])
    func warning(_ protocols: [ProtocolDescription]) -> String {
      reading(["PROTOCOL=parcel", "REMOTE_ADDRESS=192.0.2.1", "REMOTE_FLOAT=1"] + keys, of: protocols).warningTexts
        .joined()
    }
    let what = "PROTOCOL=parcel with REMOTE_FLOAT: any stranger can take the peer's place\n  The postman.\n"
    #expect(warning([risky]) == what + "  Set REMOTE_ADDRESS without REMOTE_FLOAT.")
    #expect(warning(builtinProtocols + [risky]).hasSuffix("or use PROTOCOL=salty."))
  }

  // MARK: Not named

  @Test("which protocol is taken where none is named stands in the descriptions, as do the better ones")
  func assumed() {
    let keyed = Self.parcel(isAssumed: true, weakness: Weakness("-", advice: "-", why: "Paper tears."), settings: [])
    let salty = builtinProtocols.filter { !$0.isAssumed }
    let reading = reading(keys + ["REMOTE_ADDRESS=192.0.2.1"], of: salty + [keyed])
    #expect(reading.settings.protocolName == "parcel")
    #expect(
      reading.warningTexts == [
        """
        PROTOCOL is not given: parcel, because there is a key
          Paper tears.
          Set PROTOCOL=salty (or nacltai) on both sides, or PROTOCOL=parcel if the peer cannot.
        """
      ])
    #expect(SettingsTable(salty + [keyed]).named("PROTOCOL")?.fallback == "parcel with a key, else none")
  }

  @Test(
    "that a protocol without keys encrypts nothing is said only of one that sends plain packets",
    arguments: [false, true])
  func inClear(isPlain: Bool) {
    let keyless = Self.parcel(needsKeys: false, isAssumed: true, isPlain: isPlain, settings: [])
    let reading = reading(["TUN_MODE=1"], of: [keyless])
    #expect(reading.settings.protocolName == "parcel" && reading.warns("PROTOCOL is not given, and no key: parcel"))
    #expect(reading.warningTexts.joined().contains("NOTHING IS ENCRYPTED") == isPlain)
    #expect(SettingsTable([keyless]).named("PUBLIC_KEY")?.fallback == "needed but for parcel")
  }

  @Test("where no protocol is for keys, one that uses none is not taken in its place")
  func neverWeaker() {
    let keyless = Self.parcel(needsKeys: false, isAssumed: true, isPlain: true, settings: [])
    let reading = reading(keys + ["TUN_MODE=1"], of: [keyless])
    #expect(reading.settings.protocolName == nil && reading.complains("PROTOCOL is not given"))
  }

  // MARK: Words

  @Test("what it cannot be made from is told in its own words")
  func errors() {
    let error = ProtocolError.refused(what: "no string", why: "STRING_LENGTH=0 ties nothing.", cure: "Set it to 2.")
    #expect(
      Complaint(error, of: "parcel").description
        == "PROTOCOL=parcel: no string\n  STRING_LENGTH=0 ties nothing.\n  Set it to 2.")
  }
}
