/// Who may change a file besides root and whoever reads it, going by its owner and permissions. Whose the directories
/// above it are is not looked at.
public struct OtherWriters: Sendable, Equatable {
  /// The owner, if he is another one.
  public var owner: String?
  public var group: String?
  public var everybody: Bool

  public init(owner: String? = nil, group: String? = nil, everybody: Bool = false) {
    (self.owner, self.group, self.everybody) = (owner, group, everybody)
  }

  public var isEmpty: Bool { owner == nil && group == nil && !everybody }

  /// "user anna and every user can change it"
  public var fact: String {
    let names = [owner.map { "user \($0)" }, group.map { "group \($0)" }, everybody ? "every user" : nil]
    return names.compactMap { $0 }.joined(separator: " and ") + " can change it"
  }

  /// What makes it safe.
  public func cure(_ path: String) -> String {
    let commands = [
      owner == nil ? nil : "chown root \(path)", group == nil && !everybody ? nil : "chmod go-w \(path)",
    ]
    return commands.compactMap { $0 }.joined(separator: " && ")
  }
}
