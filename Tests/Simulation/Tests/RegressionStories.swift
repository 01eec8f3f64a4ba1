import Testing

@testable import Simulation

/// What the simulator found, as it printed it once it was shrunk: each of these failed, and what it says was wrong.
@Suite("Stories that once went wrong")
struct RegressionStories {
  /// In a process of its own: see `Story`.
  private func holds(_ text: String) async {
    await #expect(processExitsWith: .success) { [text] in
      let story = Story(try Script(lines: text))
      #expect(story.violation == nil, "\(story.lines.joined(separator: "\n"))")
    }
  }

  // MARK: Homing

  /// Both sides had moved and one had gone back: each sent to the other's former place for ever.
  @Test("both move, one goes back", arguments: Script.WireFormat.allCases)
  func bothMove(proto: Script.WireFormat) async {
    await holds(
      """
      world \(proto) floats ours ours seed 658
      0.000 traffic a>b every 3086 ms
      0.000 traffic b>a every 395 ms
      0.146 move b
      0.494 move a
      3.999 return a
      4.000 end
      """)
  }

  /// Somebody on the path passed on from a place of his own what else was held up, so that a sent there for ever; b did
  /// not know where a had moved meanwhile.
  @Test("led astray by who holds up the peer's datagrams and sends one from elsewhere")
  func heldUp() async {
    await holds(
      """
      world salty floats ours ours seed 376
      0.000 traffic b>a every 344 ms
      0.637 cut b>a
      0.926 replay b>a from 990 count 1 elsewhere
      1.914 move a
      2.000 end
      """)
    await holds(
      """
      world nacltai floats ours ours seed 376
      0.000 traffic b>a every 344 ms
      0.637 cut b>a
      1.926 replay b>a from 990 count 1 elsewhere
      2.914 move a
      3.000 end
      """)
  }

  /// The same with control datagrams in salty, and with all that was said in nacltai.
  @Test("led astray by recordings of all that the peer has said")
  func recordings() async {
    await holds(
      """
      world salty floats ours ours seed 2080
      0.048 cut b>a
      0.506 replay b>a from 0 count 100 elsewhere
      1.351 replay b>a from 0 count 20 elsewhere
      2.134 move a
      3.000 end
      """)
    await holds(
      """
      world nacltai floats ours ours seed 2080
      0.000 traffic b>a every 3797 ms
      0.048 cut b>a
      4.506 replay b>a from 0 count 100 elsewhere
      5.134 move a
      6.000 end
      """)
  }

  // MARK: Agreement

  /// The original had restarted, and its acknowledgement was lost, or held back; it went on sending, so that ours took all
  /// for agreed, and sealed for its former key until the next one, minutes later.
  @Test("an original restarts, and does not know that we have heard of its new key")
  func announcedAnother() async {
    await holds(
      """
      world salty fixed ours old seed 1228
      0.000 traffic b>a every 2276 ms
      10.619 damage b>a 40 %
      24.637 restart b down 300 ms file kept
      25.000 end
      """)
    await holds(
      """
      world salty fixed old ours seed 991
      2.530 restart a down 9000 ms file lost
      3.255 drop b>a control
      14.999 replay b>a from 990 count 3 again
      15.000 end
      """)
  }

  // MARK: Overtaken

  /// After a restart, recordings up to a minute old passed, as they have to, and moved the peer to where they came from.
  @Test("a restarted side gets recordings from elsewhere")
  func restartAndRecordings() async {
    await holds(
      """
      world nacltai floats ours ours seed 3305
      0.000 traffic a>b every 913 ms
      0.375 move a
      0.747 restart b down 300 ms file kept
      1.999 replay a>b from 0 count 20 elsewhere
      2.000 end
      """)
  }

  // MARK: The state file

  /// A state file that was made anew stayed empty until something was sent: the next start, with a clock that had started
  /// over, used stamps that were long behind, and the peer refused them for ever.
  @Test("a state file is lost, nothing is sent, and the clock starts over")
  func emptyStateFile() async {
    await holds(
      """
      world nacltai fixed ours ours seed 13269
      0.000 traffic b>a every 944 ms
      1.918 restart b down 60000 ms file restored
      2.521 traffic b>a every 0 ms
      67.504 reboot b down 20000 ms clock over file kept
      68.000 end
      """)
  }

  // MARK: What was opened stays opened

  /// Both had restarted, one with its clock behind: a recording of its first run passed for its next key, and with its own
  /// key's next announcement the window began anew.
  @Test("a recorded announcement does not let recorded packets in")
  func windowOutlivesRecording() async {
    await holds(
      """
      world salty waits ours ours seed 1014295
      0.000 traffic a>b every 4581 ms
      0.127 restart b down 300 ms file lost
      0.211 reboot a down 120000 ms clock over file lost
      148.700 replay a>b from 0 count 100 again
      149.000 end
      """)
  }

  /// Packets that were held up under one key came from elsewhere after the next one's.
  @Test("what a former key sealed does not move the peer")
  func formerKey() async {
    await holds(
      """
      world salty waits ours ours seed 20838
      0.000 traffic a>b every 19865 ms
      0.415 reboot a down 20000 ms clock over file kept
      94.883 drop a>b data
      297.350 drop a>b nothing
      317.750 replay a>b from 500 count 100 elsewhere
      318.000 end
      """)
  }

  // MARK: The time of the start

  /// Nothing had been sent since the restart when the clock was set back: the stamps followed it below those used before.
  @Test("a clock set back before the first packet", arguments: [1_038_659, 1] as [UInt64])
  func setBackBeforeTheFirst(seed: UInt64) async {
    await holds(
      """
      world nacltai waits ours ours seed \(seed)
      with second tunnel
      0.000 traffic c>b every 1511 ms
      0.000 traffic b>c every 2855 ms
      4.065 restart b down 300 ms file kept
      5.279 clock b by -70 s
      6.000 end
      """)
  }
}
