import BuiltinProtocols
import Configuration
import ProtocolKit
import Sodium

let ownSecret = "b949668ea6d05f600491976009d059b7aa81550ab7c63eeba9c77eaf94cc39ed"
let ownPublic = "bb3f9d8940df235e312c0b457ca6bb1c4413e7634a3691782e303d34b8c79d0d"
let peerPublic = "489cb02cd1412da4c4ef6c1d9f8a3f7f2b1c5d6e7f8091a2b3c4d5e6f7081920"
let keys = ["PRIVATE_KEY=\(ownSecret)", "PUBLIC_KEY=\(peerPublic)"]

extension Setting {
  /// Those of the program as it is shipped.
  static let all = SettingsTable(builtinProtocols).all
}

/// A file that a reading may find.
struct TestFile {
  var text: String
  var othersMayRead = false
  var writers = OtherWriters()
}

/// Reads settings as the program would, from these arguments, environment entries and files.
func read(
  _ arguments: [String] = [], environment: [String] = [], files: [String: TestFile] = [:],
  protocols: [ProtocolDescription] = builtinProtocols
) -> SettingsReader.Reading {
  SettingsReader.read(
    .init(
      arguments: arguments.map { GivenText($0) }, environment: environment.map { GivenText($0) },
      protocols: protocols
    ) { (path, limit) throws(FileProblem) in
      guard let file = files[path] else { throw FileProblem("No such file or directory") }
      guard file.text.utf8.count <= limit else { throw FileProblem("too long") }
      let bytes = Array(file.text.utf8)
      return ReadFile(
        contents: unsafe GuardedMemory(copying: bytes.span.bytes), othersMayRead: file.othersMayRead,
        writers: file.writers)
    })
}

extension SettingsReader.Reading {
  var complaintTexts: [String] { complaints.map(\.description) }
  var warningTexts: [String] { warnings.map(\.description) }

  /// Whether some complaint begins so.
  func complains(_ start: String) -> Bool { complaints.contains { $0.what.hasPrefix(start) } }
  func warns(_ start: String) -> Bool { warnings.contains { $0.what.hasPrefix(start) } }
}
