extension [String] {
  /// The value of the variable `name` among entries "NAME=value"; nil if there is none.
  package func value(of name: String) -> String? {
    first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.utf8.count + 1)) }
  }
}
