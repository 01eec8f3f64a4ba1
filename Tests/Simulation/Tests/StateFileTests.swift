import Testing

@testable import Simulation

@Suite("A state file outlives its process, and the machine as far as the disk has it")
struct StateFileTests {
  /// True time that a test turns.
  private final class TrueTime { var now: Time = 0 }
  private let time = TrueTime()
  private let file: StateFile

  init() { file = StateFile { [time] in time.now } }

  @Test("kept: the next process reads what was written last")
  func kept() {
    #expect(file.value == nil)
    for value in 1...3 as ClosedRange<UInt64> { file.raise(to: value) }
    file.reopen()
    #expect(file.value == 3)
  }

  @Test("a process's first write is on the disk at once, its others after 30 s")
  func powerLoss() {
    file.raise(to: 1)
    file.raise(to: 2)
    time.now = .seconds(20)
    file.raise(to: 3)
    time.now = .seconds(30)
    #expect(file.losePower())
    #expect(file.value == 2, "the third was younger")
    file.reopen()
    file.raise(to: 4)
    #expect(!file.losePower())
    #expect(file.value == 4)
    file.raise(to: 5)
    time.now = .seconds(59.999)
    #expect(file.losePower())
    #expect(file.value == 4)
  }

  @Test("lost: nothing is left, neither what was on the disk nor what was on its way there")
  func lost() {
    file.raise(to: 1)
    file.raise(to: 2)
    file.delete()
    #expect(file.value == nil)
    time.now = .seconds(40)
    #expect(!file.losePower())
    #expect(file.value == nil)
  }

  @Test("restored: it is as the backup has it, or gone where there is none")
  func restored() {
    file.raise(to: 1)
    file.raise(to: 2)
    file.backUp()
    file.raise(to: 3)
    file.restore()
    #expect(file.value == 2)
    time.now = .seconds(40)
    #expect(!file.losePower())
    #expect(file.value == 2)
    let other = StateFile { 0 }
    other.raise(to: 1)
    other.restore()
    #expect(other.value == nil)
  }
}
