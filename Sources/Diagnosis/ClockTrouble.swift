package import Configuration
package import LinuxSystem

/// What is said of a clock that starts over at each boot, and of the file that makes up for it.
package enum ClockTrouble {
  /// `directory` is where the state would be kept.
  package static func unset(_ protocolName: String, directory: String) -> Complaint {
    Complaint(
      "The clock is years behind, and nothing is remembered over restarts",
      why: """
        \(protocolName) numbers by the clock: numbers repeat under the same keys, which helps a forger, and the peer \
        ignores them until they have caught up.
        """,
      cure: "mkdir -m 700 \(directory); or set the clock before the tunnel starts.")
  }

  /// STATE_DIRECTORY is given, and nothing can be kept there.
  package static func nowhereToRemember(_ protocolName: String, _ error: SystemCallError) -> Complaint {
    Complaint(
      "\(error)", why: "\(protocolName) cannot remember there how far its numbers have come.",
      cure: "Let STATE_DIRECTORY be a directory that belongs to the user who starts quicktun.")
  }

  /// The file is locked.
  package static func sharedKeys(_ error: SystemCallError) -> Complaint {
    Complaint(
      "\(error)", why: "Another tunnel with the same keys runs: both number under them, so numbers may repeat.",
      cure: "Give each tunnel a key pair of its own.")
  }

  package static func unreadable(_ path: String) -> Complaint {
    Complaint(
      "\(path): not a number", why: "How far numbers came before is not known. It is written anew.",
      cure: "See what else writes there.")
  }

  package static func cannotRemember(_ error: SystemCallError) -> Complaint {
    Complaint(
      "\(error)", why: "Should the clock start over at the next boot, numbers would repeat. Going on.")
  }
}
