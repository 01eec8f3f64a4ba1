/// The version of this program.
package enum Version {
  /// Name and number.
  package static let name = "quicktun-swift 0.1.0"
  static let text = "\(name) (wire-compatible with quicktun 2.2.6)"
}
