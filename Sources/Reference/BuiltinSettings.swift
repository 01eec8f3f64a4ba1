import BuiltinProtocols
import Configuration

extension Setting {
  /// Those of the program as it is shipped, with its own protocols.
  static let all = SettingsTable(builtinProtocols).all
}
