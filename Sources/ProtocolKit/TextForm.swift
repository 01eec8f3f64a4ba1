/// A setting's text: what it has to look like, and what a shell can offer for it.
public struct TextForm: Sendable {
  /// What a shell can offer for a value.
  public enum Offer: Sendable { case nothing, file, directory, user, host, device, protocolName }

  /// Throws if the text is none of these.
  public typealias Check = @Sendable (String) throws(SettingRejection) -> Void

  /// In the words of a message: "a directory".
  public let accepted: String
  /// What stands for it in `--help`.
  public let placeholder: String
  public let offer: Offer
  /// Whether ` #` in it may be meant: in a shell command it is.
  public let mayHoldComment: Bool
  let check: Check

  public init(
    _ accepted: String, placeholder: String, offer: Offer = .nothing, mayHoldComment: Bool = false,
    check: @escaping Check = { _ throws(SettingRejection) in }
  ) {
    self.accepted = accepted
    self.placeholder = placeholder
    self.offer = offer
    self.mayHoldComment = mayHoldComment
    self.check = check
  }

  /// For `check`: no blank in it.
  public static func oneWord(_ text: String) throws(SettingRejection) {
    if text.utf8.contains(where: { [0x20, 0x09, 0x0a, 0x0d].contains($0) }) {
      throw SettingRejection("There is a blank in the value.")
    }
  }
}
