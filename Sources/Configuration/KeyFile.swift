import ProtocolKit
import Sodium

/// A file that holds a secret key: 32 bytes, or 64 hexadecimal digits. quicktun looks at no more than 64 bytes; what
/// follows them here has to be on other lines.
package enum KeyFile {
  package static let largest = 4096
  static let accepted = "Accepted: \(TextForm.keyFile.accepted)."

  /// What is odd if other users can read the file, which is called `label` in messages.
  package static func exposure(of file: ReadFile, _ label: String, path: String) -> Complaint? {
    guard file.othersMayRead else { return nil }
    return Complaint("\(label): every user can read the private key", cure: Cure.hideFromOthers(path))
  }

  /// What is wrong if `writers` can change the file: a key that somebody else may replace is no key.
  package static func danger(from writers: OtherWriters, _ label: String, path: String) -> Complaint? {
    if writers.isEmpty { return nil }
    return Complaint(
      "\(label): \(writers.fact)", why: "Whoever puts a key there can be this side, or end the tunnel.",
      cure: writers.cure(path))
  }

  static func key(in file: ReadFile) throws(FileProblem) -> SecretKey {
    let text = GivenText(file.contents)
    do throws(KeyError) {
      if text.count == SecretKey.byteCount {
        return try text.withBytes { (bytes) throws(KeyError) in try SecretKey(bytes: bytes) }
      }
      let line = text.upTo(text.firstIndex(of: 0x0a) ?? text.count).trimmed
      return try line.withBytes { (digits) throws(KeyError) in try SecretKey(hex: digits) }
    } catch {
      switch error {
      case .wrongLength(let count):
        throw FileProblem(count == text.count ? "it has \(count) bytes" : "its first line has \(count) characters")
      case .notHexadecimal(let index): throw FileProblem("character \(index + 1) is no hexadecimal digit")
      }
    }
  }
}

extension SecretKey {
  /// Whether somebody gave this secret where a public key belongs.
  func isSpelled(by key: PublicKey) -> Bool {
    let given = Self.bytes(of: key)
    return withBytes { own in given.withBytes { equalInConstantTime(own, $0) } }
  }

  /// Whether somebody gave the two keys of a pair in each other's place, this as the private one.
  func isPublicKey(of key: PublicKey) -> Bool {
    guard let other = try? Self.bytes(of: key).withBytes({ try SecretKey(bytes: $0) }) else { return false }
    return isSpelled(by: other.publicKey)
  }

  private static func bytes(of key: PublicKey) -> GuardedMemory {
    let bytes = GuardedMemory(count: byteCount)
    bytes.withMutableBytes { key.write(to: &$0) }
    return bytes
  }
}
