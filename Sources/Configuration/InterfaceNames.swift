import ProtocolKit

/// Which names the kernel takes for an interface (dev_valid_name in net/core/dev.c); `%d` in one is a number of the
/// kernel's choice.
public enum InterfaceNameRule {
  /// For a setting. What is empty passes: it asks for the kernel's choice.
  static func check(_ name: String) throws(SettingRejection) {
    if name.hasPrefix("/dev/") {
      throw SettingRejection(
        "Linux has no device files for tunnels, only names.",
        cure: "Give the bare name: \(name.split(separator: "/").last ?? "tun0")")
    }
    guard name.utf8.count <= 15 else {
      throw SettingRejection("It has \(name.utf8.count) characters; the kernel would cut it.")
    }
    let isNavigation = name == "." || name == ".."
    guard !isNavigation, !name.utf8.contains(where: { GivenText.isBlank($0) || $0 == 0x2f || $0 == 0x3a }) else {
      throw SettingRejection()
    }
  }

  /// Why the kernel would not take `name`, which was given elsewhere than in a setting; nil if it would.
  public static func problem(with name: String) -> String? {
    do throws(SettingRejection) {
      try check(name)
      return name.isEmpty ? "A name is needed." : nil
    } catch {
      return error.why ?? "Accepted: \(TextForm.interfaceName.accepted)."
    }
  }
}
