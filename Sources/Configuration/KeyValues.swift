import ProtocolKit
import Sodium

// Keys as values of settings. They are no strings: a string is never wiped.

func publicKey(_ value: GivenText) throws(SettingRejection) -> PublicKey {
  let key = try secretKey(hex: value).withBytes { PublicKey($0) }  // the same 32 bytes, the same checks
  if key.isLowOrder {
    throw SettingRejection(
      "This point is of low order: with it everybody shares the same secret.",
      cure: Cure.askForPublicKey)
  }
  return key
}

func secretKey(hex value: GivenText) throws(SettingRejection) -> SecretKey {
  do throws(KeyError) {
    return try value.withBytes { (digits) throws(KeyError) in try SecretKey(hex: digits) }
  } catch {
    throw SettingRejection(error)
  }
}

extension SettingRejection {
  init(_ error: KeyError) {
    switch error {
    case .wrongLength(let count): self.init("A key has 64 hexadecimal digits; this has \(count) characters.")
    case .notHexadecimal(let index): self.init("Character \(index + 1) is no hexadecimal digit.")
    }
    cure = Cure.makeKeyPair
  }
}
