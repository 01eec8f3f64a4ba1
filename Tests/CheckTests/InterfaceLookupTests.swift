import LinuxSystem
import Testing

@Suite("Looking an interface up")
struct InterfaceLookupTests {
  @Test("lo is there and no tunnel's; nothing has no name, or one that nobody gave")
  func lookup() {
    let lo = InterfaceLookup("lo")
    // Where /sys belongs to another network namespace, lo is hidden like all others.
    #expect(lo != .missing && lo.facts?.mode == nil)
    #expect(InterfaceLookup("") == .missing && InterfaceLookup("no-such-device") == .missing)
  }
}
