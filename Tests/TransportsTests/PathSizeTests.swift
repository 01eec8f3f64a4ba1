import Testing

@testable import Transports

@Suite("What is believed of the path")
struct PathSizeTests {
  private func expectTrial(
    _ path: inout PathSize, _ bytes: Int, _ expected: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let isTrial = path.takesTrial(bytes)
    #expect(isTrial == expected, sourceLocation: sourceLocation)
  }

  private func expectRefusal(
    _ path: inout PathSize, _ expected: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let helps = path.refused()
    #expect(helps == expected, sourceLocation: sourceLocation)
  }

  @Test("a message counts for two minutes; then one long datagram finds out whether anybody still objects")
  func dip() {
    var path = PathSize()
    path.tick(at: 1000)
    #expect(!path.mayFragment)
    path.heed(1300)
    #expect(path.mayFragment && path.toldMTU == 1300)
    path.tick(at: 1119)
    #expect(!path.isTrialDue)
    expectTrial(&path, 1500, false)
    path.tick(at: 1120)
    #expect(path.isTrialDue && path.mayFragment, "only the trial leaves whole")
    expectTrial(&path, 1300, false)  // what was said to pass proves nothing
    expectTrial(&path, 1301)
    expectTrial(&path, 1301, false)  // one is enough
    path.tick(at: 1122)
    #expect(path.mayFragment, "the answer may be on its way")
    path.tick(at: 1123)
    #expect(!path.mayFragment, "nobody objected: as before, within three minutes")
  }

  @Test("the path is still narrow: two minutes more, for one datagram lost")
  func lastingDip() {
    var path = PathSize()
    path.heed(1300)
    path.tick(at: 120)
    expectTrial(&path, 1500)
    path.heed(1300)
    path.tick(at: 123)
    #expect(path.mayFragment && !path.isTrialDue)
    path.tick(at: 239)
    #expect(!path.isTrialDue)
    path.tick(at: 240)
    #expect(path.isTrialDue)
  }

  @Test("whoever forges again and again gets fragments, and no more than that; it ends three minutes after he does")
  func forger() {
    var path = PathSize()
    for second in UInt64(0)..<500 {
      path.tick(at: second)
      path.heed(552)
      #expect(path.mayFragment)
    }
    path.tick(at: 619)
    expectTrial(&path, 1500)
    path.tick(at: 622)
    #expect(!path.mayFragment)
  }

  @Test("longer than the device takes: fragments at once, and no trial that would lose a datagram")
  func device() {
    var path = PathSize()
    expectRefusal(&path)
    #expect(path.mayFragment && path.toldMTU == nil)
    expectRefusal(&path, false)  // a second refusal has another reason
    path.tick(at: 120)
    #expect(!path.isTrialDue && !path.mayFragment)
    expectRefusal(&path)
  }

  @Test("another path: nothing is known of it")
  func another() {
    var path = PathSize()
    path.heed(1300)
    path.forget()
    #expect(!path.mayFragment)
  }
}
