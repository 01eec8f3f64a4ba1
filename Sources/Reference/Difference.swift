import Configuration

/// In what this program is not as quicktun 2.2.6: each is told in Documentation/beside-quicktun.md and in COMPATIBILITY of
/// quicktun(8). Words to type stand in backticks; what is empty goes without saying.
struct Difference {
  let subject: String
  /// With quicktun 2.2.6.
  let before: String
  let here: String
  let why: String

  init(_ subject: String, before: String = "", here: String, why: String = "") {
    self.subject = subject
    self.before = before
    self.here = here
    self.why = why
  }

  static let all = [
    Difference(
      "`salty` on a current libsodium",
      before: "ends at once: \"Encryption key calculation failed\"",
      here: "works, also with an old peer that runs",
      why: "keys that are not known yet are random; the original's zeros are refused by libsodium"),
    Difference(
      "a peer restarts (`salty`)",
      before: "dark for up to 300 s",
      here: "back within 5 s",
      why: "the original recognises a key that it never made"),
    Difference(
      "the side that waits to be called restarts (`salty`)",
      before: "dark for up to 300 s",
      here: "back within 15 s of the caller's next packet; 20 s if the original waits; as before if it calls",
      why: "who sends and hears nothing for 10 s announces its key again"),
    Difference(
      "control datagrams are lost, or held back (`salty`)",
      before: "keys live for ever",
      here: "15 minutes",
      why: "a key that nobody replaces has to end"),
    Difference(
      "an old control datagram from elsewhere (`salty`)",
      before: "a restarted side follows it there",
      here: "is answered, and moves nobody",
      why: "it may be a recording"),
    Difference(
      "a packet from elsewhere that others have overtaken",
      before: "moves a floating peer",
      here: "comes out, and moves nobody",
      why: "it may have been held back, or recorded"),
    Difference(
      "a floating peer that has moved does not answer there",
      before: "all goes there",
      here: "it is looked for at `REMOTE_ADDRESS` too, once a second",
      why: "both sides may have moved, or somebody have led this one astray"),
    Difference(
      "packets recorded long ago (`nacltai` without `TIME_WINDOW`)",
      before: "accepted until five newer ones are known",
      here: "none after the first fresh one: what is a minute behind the latest is refused",
      why: "no network delays by more than a minute"),
    Difference(
      "a stranger's packets (`salty`)",
      before: "may pass before the first handshake",
      here: "never pass",
      why: "a key that anybody knows opens nothing"),
    Difference(
      "replay after a repeated handshake (`salty`)",
      before: "accepted once more",
      here: "refused",
      why: "the window is cleared only with the key"),
    Difference(
      "packets that overtake each other",
      before: "lost if five others did",
      here: "\(TunnelSettings().replayWindow) may; `REPLAY_WINDOW=5` is as before",
      why: "today's links have more queues"),
    Difference(
      "`nacltai` when the clock goes back",
      before: "dark, or packets twice under one nonce",
      here: """
        goes on; over a restart too, with a state directory; a step of less than a minute over a crash goes unnoticed
        """,
      why: "stamps rise whatever the clock does"),
    Difference(
      "device MTU above about 1500",
      before: "damages memory, or ends",
      here: "packets up to 65,507 bytes",
      why: "an old peer still takes no more than 1518"),
    Difference(
      "errors on the socket or the device",
      before: "some end it",
      here: "counted, said once, survived; only a device that is deleted ends it",
      why: "links go down and come back"),
    Difference(
      "a script that hangs",
      before: "so does the tunnel",
      here: "ended after `SCRIPT_TIMEOUT`",
      why: "a tunnel has to come up by itself"),
    Difference(
      "what is not from the fixed peer",
      before: "fills the same buffer",
      here: "kept apart by the kernel, counted",
      why: "a flood of it takes nothing from the tunnel"),
    Difference(
      "ICMP \"too long\", which anybody can forge",
      before: "the kernel believes it for 10 minutes",
      here: "heeded if it quotes what was sent, for 2 minutes",
      why: "nor does it lower `MTU=auto`"),
    Difference(
      "roaming, refused datagrams",
      here: "five lines a minute, then a count",
      why: "a stranger does not fill the log"),
    Difference(
      "`REMOTE_FLOAT=0`, `no`, `false` or `off`",
      before: "on",
      here: "off, with a warning",
      why: "it is what people mean; leave it out for old and new"),
    Difference(
      "a bad number, key or name",
      before: "taken for something else",
      here: "refused",
      why: "a wrong tunnel is worse than none"),
    Difference(
      "a key but no `PROTOCOL`",
      before: "nacl0 or raw",
      here: "nacl0, with a warning"),
    Difference(
      "neither key nor `PROTOCOL`",
      before: "raw",
      here:
        """
        raw with a warning; refused in a file, where a misspelt name may have meant either, or if nothing else says \
        that a tunnel is wanted
        """,
      why: "a slip must not open a tunnel"),
    Difference(
      "key and settings files",
      before: "any",
      here: "refused if others can change them, or if they are no plain files",
      why: "who can write them is root, or the peer"),
    Difference(
      "environment",
      before: "`IF_QT_*` on Debian, plain names elsewhere",
      here: "both"),
    Difference(
      "`PRIVATE_KEY` on the command line or in the environment",
      before: "stays visible in the process",
      here: "wiped as soon as it is read"),
    Difference(
      "`keypair -h`, `keypair -v`",
      here: "our own text"),
  ]
}
