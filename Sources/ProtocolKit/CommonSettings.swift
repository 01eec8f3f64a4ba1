// Settings that more than one protocol may have. A protocol has those that its description names.

extension ProtocolSetting<UInt32?> {
  /// TIME_WINDOW: seconds of history that a first packet may be old; nil for no limit.
  public static var timeWindow: Self {
    Self(
      "TIME_WINDOW", .number(0...Int(Int32.max), unit: "seconds"), otherwise: "no limit",
      "how old the first packet from the peer may be.",
      ifAbsent: Advice(
        why: "After a start, packets recorded at any time are accepted once more.",
        cure: "Set TIME_WINDOW=60 if both clocks are right within a minute."),
      onlyRefusesOld: true
    ).original
  }
}

extension ProtocolSetting<Bool?> {
  /// ROLE: true as if this side's key were the greater one, false the lesser; nil to compare the keys. For
  /// `KeyAgreement.roles(override:)`.
  public static var role: Self {
    Self(
      "ROLE", .code(0...1), otherwise: "compare the keys",
      "tells the two directions apart in place of the keys' order."
    ).original
  }
}
