import Foundation
import Testing
import TunnelLab

/// What `quicktun check --json` prints.
struct CheckDocument: Decodable {
  struct Finding: Decodable {
    let topic: String
    let severity: String
    let fact: String
    let why: String?
    let cure: String?
  }
  let status: Int32
  let findings: [Finding]

  /// Whether a finding of that severity has `text` in one of its lines.
  func has(_ severity: String, _ text: String) -> Bool {
    findings.contains { "\($0.fact) \($0.why ?? "") \($0.cure ?? "")".contains(text) && $0.severity == severity }
  }

  /// Nothing but ok.
  var isGood: Bool { status == 0 && findings.allSatisfy { $0.severity == "ok" } }
}

extension Lab {
  /// Checks on host a, with settings from a file that only its owner reads.
  func check(
    _ settings: [String: String], _ options: String = "", as user: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CheckDocument {
    let file = try self.file("check.conf", settings.map { "\($0.key)=\($0.value)\n" }.joined())
    try must("chmod 600 \(file)")
    let program = "exec \(try user.map(becoming) ?? "") \(Programs.ours) check --json \(options) --config \(file)"
    if let user { try must("chown \(user) \(file)") }
    let result = try a.run(words: ["sh", "-c", (user == nil ? "" : openNode) + program])
    if let key = settings["PRIVATE_KEY"] { #expect(!result.output.contains(key), sourceLocation: sourceLocation) }
    return try CheckDocument(result, sourceLocation: sourceLocation)
  }

  /// Shell commands that open the device node to everybody, as udev does, for themselves only.
  var openNode: String {
    "mknod -m 666 \(directory)/tun c 10 200 2>&-; mount --bind \(directory)/tun /dev/net/tun && "
  }

  /// Words before a program that make it an ordinary user's, who may read the lab's files.
  func becoming(_ user: String) throws -> String {
    try must("chmod 711 \(directory)")
    return "setpriv --reuid \(user) --clear-groups"
  }
}

extension CheckDocument {
  init(_ result: Finished, sourceLocation: SourceLocation = #_sourceLocation) throws {
    self = try JSONDecoder().decode(CheckDocument.self, from: Data(result.output.utf8))
    #expect(result.status == status, sourceLocation: sourceLocation)
  }
}
