import Sodium

// What the table's readers are made of: a trimmed value to its type, or a rejection.

/// Text that is no secret.
func text(_ value: GivenText) throws(Rejection) -> String {
  guard let text = value.revealed else { throw Rejection("The value is not UTF-8 text.") }
  return text
}

/// Text without blanks in it.
func word(_ value: GivenText) throws(Rejection) -> String {
  let text = try text(value)
  guard !text.utf8.contains(where: GivenText.isBlank) else { throw Rejection("There is a blank in the value.") }
  return text
}

/// A whole decimal number: no sign, no blank, nothing behind it.
func number(_ value: GivenText, in range: ClosedRange<Int>) throws(Rejection) -> Int {
  let text = try text(value)
  guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) else {
    throw Rejection()
  }
  return number
}

func choice<Choice: RawRepresentable<String>>(_ value: GivenText) throws(Rejection) -> Choice {
  guard let choice = Choice(rawValue: try text(value).lowercased()) else { throw Rejection() }
  return choice
}

func mtu(_ value: GivenText) throws(Rejection) -> TunnelSettings.MTU {
  if try text(value).lowercased() == "auto" { return .auto }
  return .bytes(try number(value, in: 68...65535))
}

/// Whether a switch is turned off by its value. quicktun 2.2.6 looks at the presence only.
func isOff(_ value: GivenText) -> Bool {
  ["0", "no", "false", "off"].contains(value.revealed?.lowercased())
}

/// A name that the kernel takes for an interface (dev_valid_name in net/core/dev.c); `%d` in it is a number of the
/// kernel's choice.
func interfaceName(_ value: GivenText) throws(Rejection) -> String {
  let name = try text(value)
  if name.hasPrefix("/dev/") {
    throw Rejection(
      "Linux has no device files for tunnels, only names.",
      cure: "Give the bare name: \(name.split(separator: "/").last ?? "tun0")")
  }
  guard name.utf8.count <= 15 else { throw Rejection("It has \(name.utf8.count) characters; the kernel would cut it.") }
  let isNavigation = name == "." || name == ".."
  guard !isNavigation, !name.utf8.contains(where: { GivenText.isBlank($0) || $0 == 0x2f || $0 == 0x3a }) else {
    throw Rejection()
  }
  return name
}

/// Names for interfaces, given elsewhere than in a setting.
public enum InterfaceNames {
  /// Why the kernel would not take `name`; nil if it would.
  public static func problem(with name: String) -> String? {
    do throws(Rejection) {
      _ = try interfaceName(GivenText(name))
      return name.isEmpty ? "A name is needed." : nil
    } catch {
      return error.why ?? "Accepted: \(Setting.named("INTERFACE")?.accepted ?? "a name")."
    }
  }
}

func publicKey(_ value: GivenText) throws(Rejection) -> PublicKey {
  let key = try secretKey(hex: value).withBytes { PublicKey($0) }  // the same 32 bytes, the same checks
  if key.isLowOrder {
    throw Rejection(
      "This point is of low order: with it everybody shares the same secret.",
      cure: "Ask the peer for the PUBLIC line of its keypair.")
  }
  return key
}

func secretKey(hex value: GivenText) throws(Rejection) -> SecretKey {
  do throws(KeyError) {
    return try value.withBytes { (digits) throws(KeyError) in try SecretKey(hex: digits) }
  } catch {
    throw Rejection(error)
  }
}

extension Rejection {
  init(_ error: KeyError) {
    switch error {
    case .wrongLength(let count): self.init("A key has 64 hexadecimal digits; this has \(count) characters.")
    case .notHexadecimal(let index): self.init("Character \(index + 1) is no hexadecimal digit.")
    }
    cure = "Make a pair with: quicktun keypair"
  }
}
