package import Configuration

/// What is said of a clock that starts over at each boot, and of the file that makes up for it.
package enum ClockTrouble {
  /// `directory` is where the state would be kept.
  package static func unset(_ protocolName: String, directory: String) -> Complaint {
    Complaint(
      "The clock is years behind, and nothing is remembered over restarts",
      why: """
        \(protocolName) numbers by the clock: numbers repeat under the same keys, which helps who wants to forge, and \
        the peer ignores them until they have caught up.
        """,
      cure: "mkdir -m 700 \(directory); or set the clock before the tunnel starts.")
  }

  /// `words` say what failed.
  package static func nowhereToRemember(_ protocolName: String, _ words: String) -> Complaint {
    Complaint(
      words, why: "\(protocolName) cannot remember there how far its numbers have come.",
      cure: "Let STATE_DIRECTORY be a directory that belongs to the user who starts quicktun.")
  }

  package static func sharedKeys(_ words: String) -> Complaint {
    Complaint(
      words, why: "Another tunnel with the same keys runs: both number under them, so numbers may repeat.",
      cure: "Give each tunnel a key pair of its own.")
  }

  package static func unreadable(_ path: String) -> Complaint {
    Complaint(
      "\(path): not a number", why: "How far numbers came before is not known. It is written anew.",
      cure: "See what else writes there.")
  }

  package static func cannotRemember(_ words: String) -> Complaint {
    Complaint(words, why: "Should the clock start over at the next boot, numbers would repeat. Going on.")
  }
}
