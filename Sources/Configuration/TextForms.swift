import ProtocolKit

// What the texts of the settings' table look like.

extension TextForm {
  static let protocolName = TextForm("the name of a protocol", placeholder: "NAME", offer: .protocolName)
  static let interfaceName = TextForm(
    "1 to 15 characters without blanks, / or :", placeholder: "NAME", offer: .device, check: InterfaceNameRule.check)
  static let address = TextForm("an address or a host name", placeholder: "ADDRESS", offer: .host, check: oneWord)
  static let command = TextForm("a shell command", placeholder: "COMMAND", offer: .file, mayHoldComment: true)
  static let user = TextForm("a user name", placeholder: "USER", offer: .user, check: oneWord)
  static let directory = TextForm("a directory", placeholder: "DIRECTORY", offer: .directory)
  static let key = TextForm("64 hexadecimal digits", placeholder: "HEX")
  static let keyFile = TextForm(
    "a file with 32 bytes or 64 hexadecimal digits", placeholder: "FILE", offer: .file)
}
