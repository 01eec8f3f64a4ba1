import Configuration
import Diagnosis
import LinuxSystem
import SystemPackage
import Testing

@Suite("Where the clock is not to be relied on")
struct ClockTroubleTests {
  /// What a real call came to.
  private func refusal(_ path: String) -> SystemCallError? {
    do throws(SystemCallError) {
      _ = try NumberFile(path: path)
      return nil
    } catch { return error }
  }

  @Test("what failed stands first, in the kernel's words")
  func words() throws {
    let error = try #require(refusal("/nowhere/nacltai-1-2"))
    let complaint = ClockTrouble.nowhereToRemember("nacltai", error)
    #expect(complaint.what == "\(error)" && complaint.what.hasSuffix("/nacltai-1-2: No such file or directory"))
    #expect(complaint.why?.hasPrefix("nacltai cannot remember") == true)
    #expect(complaint.cure?.contains("STATE_DIRECTORY") == true)
    #expect(ClockTrouble.sharedKeys(error).what == "\(error)" && ClockTrouble.cannotRemember(error).what == "\(error)")
  }

  @Test("a clock that was never set: where the state would be kept is named")
  func unset() {
    let complaint = ClockTrouble.unset("nacltai", directory: "/state")
    #expect(complaint.why?.hasPrefix("nacltai numbers by the clock") == true)
    #expect(complaint.cure?.hasPrefix("mkdir -m 700 /state;") == true)
  }
}
