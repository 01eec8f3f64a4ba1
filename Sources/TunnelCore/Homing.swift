/// Notices that a peer which has moved does not answer where it was followed to, so that it is looked for at home too:
/// where the configuration has it.
///
/// It may have gone back there while both sides had moved. Or somebody on the path had moved it, who passed on a datagram
/// from a place of its own; or, where a format cannot tell the age of a first datagram, sent a recorded one.
struct Homing {
  private var heard: UInt64?
  /// How often there had been something to say to it when that was seen.
  private var answered: UInt64 = 0

  /// To be called about once a second, with when the peer was heard last and how often there was something to say to it.
  /// True when there was since it was last found to have been heard, and nothing was heard since the look before.
  mutating func isSilent(heard: UInt64?, tries: UInt64) -> Bool {
    if heard == self.heard { return tries > answered }
    (self.heard, answered) = (heard, tries)
    return false
  }
}
