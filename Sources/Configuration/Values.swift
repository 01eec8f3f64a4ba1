import ProtocolKit
import Sodium

// What the table's kinds leave to say: the forms of texts, and keys, which are no strings.

extension SettingKind {
  static func choice<Choice: RawRepresentable<String> & CaseIterable>(of type: Choice.Type) -> SettingKind {
    .choice(Choice.allCases.map(\.rawValue))
  }
}

extension TextForm {
  static let protocolName = TextForm("the name of a protocol", placeholder: "NAME", offer: .protocolName)
  static let interfaceName = TextForm(
    "1 to 15 characters without blanks, / or :", placeholder: "NAME", offer: .device, check: checkInterfaceName)
  static let address = TextForm("an address or a host name", placeholder: "ADDRESS", offer: .host, check: oneWord)
  static let command = TextForm("a shell command", placeholder: "COMMAND", offer: .file, mayHoldComment: true)
  static let user = TextForm("a user name", placeholder: "USER", offer: .user, check: oneWord)
  static let directory = TextForm("a directory", placeholder: "DIRECTORY", offer: .directory)
  static let key = TextForm("64 hexadecimal digits", placeholder: "HEX")
  static let keyFile = TextForm(
    "a file with 32 bytes or 64 hexadecimal digits", placeholder: "FILE", offer: .file)
}

/// A name that the kernel takes for an interface (dev_valid_name in net/core/dev.c); `%d` in it is a number of the
/// kernel's choice.
private func checkInterfaceName(_ name: String) throws(SettingRejection) {
  if name.hasPrefix("/dev/") {
    throw SettingRejection(
      "Linux has no device files for tunnels, only names.",
      cure: "Give the bare name: \(name.split(separator: "/").last ?? "tun0")")
  }
  guard name.utf8.count <= 15 else {
    throw SettingRejection("It has \(name.utf8.count) characters; the kernel would cut it.")
  }
  let isNavigation = name == "." || name == ".."
  guard !isNavigation, !name.utf8.contains(where: { GivenText.isBlank($0) || $0 == 0x2f || $0 == 0x3a }) else {
    throw SettingRejection()
  }
}

/// Names for interfaces, given elsewhere than in a setting.
public enum InterfaceNames {
  /// Why the kernel would not take `name`; nil if it would.
  public static func problem(with name: String) -> String? {
    do throws(SettingRejection) {
      try checkInterfaceName(name)
      return name.isEmpty ? "A name is needed." : nil
    } catch {
      return error.why ?? "Accepted: \(TextForm.interfaceName.accepted)."
    }
  }
}

func publicKey(_ value: GivenText) throws(SettingRejection) -> PublicKey {
  let key = try secretKey(hex: value).withBytes { PublicKey($0) }  // the same 32 bytes, the same checks
  if key.isLowOrder {
    throw SettingRejection(
      "This point is of low order: with it everybody shares the same secret.",
      cure: Cure.askForPublicKey)
  }
  return key
}

func secretKey(hex value: GivenText) throws(SettingRejection) -> SecretKey {
  do throws(KeyError) {
    return try value.withBytes { (digits) throws(KeyError) in try SecretKey(hex: digits) }
  } catch {
    throw SettingRejection(error)
  }
}

extension SettingRejection {
  init(_ error: KeyError) {
    switch error {
    case .wrongLength(let count): self.init("A key has 64 hexadecimal digits; this has \(count) characters.")
    case .notHexadecimal(let index): self.init("Character \(index + 1) is no hexadecimal digit.")
    }
    cure = Cure.makeKeyPair
  }
}
