/// One setting: all that the parser, `--help`, the warnings and the manual pages know of it.
public struct Setting: Sendable {
  /// What a value may be besides the text that `read` takes.
  enum Blank: Sendable {
    /// An empty value is as good as none.
    case ignored
    /// Its presence counts, whatever the value: `--name` may stand alone.
    case counts
  }

  public let name: String
  /// What stands for the value in `--help`.
  public let placeholder: String
  /// What is accepted, in the words of a message: "0 to 65535".
  public let accepted: String
  /// What holds where it is not given.
  public let fallback: String
  /// One sentence.
  public let summary: String
  /// Whether quicktun 2.2.6 has it too.
  public let isOriginal: Bool
  /// Whether its value must never be shown.
  public let isSecret: Bool
  let blank: Blank
  /// Whether ` #` in the value may be meant: in a shell command it is.
  let mayHoldComment: Bool
  let read: Reader

  /// Puts a trimmed value into the settings, or throws a `Rejection`.
  typealias Reader = @Sendable (GivenText, inout TunnelSettings) throws -> Void

  /// Whether its presence counts: its option may stand alone.
  package var isSwitch: Bool { blank == .counts }

  init(
    _ name: String, _ placeholder: String, accepted: String, default fallback: String, _ summary: String,
    isOriginal: Bool = true, isSecret: Bool = false, blank: Blank = .ignored, mayHoldComment: Bool = false,
    read: @escaping Reader
  ) {
    self.name = name
    self.placeholder = placeholder
    self.accepted = accepted
    self.fallback = fallback
    self.summary = summary
    self.isOriginal = isOriginal
    self.isSecret = isSecret
    self.blank = blank
    self.mayHoldComment = mayHoldComment
    self.read = read
  }

  /// The name as an option: LOCAL_PORT is `--local-port`.
  public var option: String { "--" + Self.dashed(name) }

  public static func named(_ name: String) -> Setting? { all.first { $0.name == name } }

  /// The setting that `option` names, dashes and all; `--local_port` is taken as well.
  static func withOption(_ option: String) -> Setting? {
    let canonical = dashed(option)
    return all.first { $0.option == canonical }
  }

  private static func dashed(_ name: String) -> String { String(name.lowercased().map { $0 == "_" ? "-" : $0 }) }
}

/// Why a value is not accepted, if the setting's own words are not enough.
struct Rejection: Error, Equatable {
  var why: String?
  var cure: String?

  init(_ why: String? = nil, cure: String? = nil) {
    self.why = why
    self.cure = cure
  }
}
