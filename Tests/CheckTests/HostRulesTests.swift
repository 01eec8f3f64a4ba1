import Check
import Configuration
import LinuxSystem
import Testing

@Suite("What the host means for a tunnel")
struct HostRulesTests {
  @Test("strict rp_filter is warned of, forwarding told")
  func kernel() {
    #expect(CheckRules.kernel(device: "qt0", .init(reversePathFilter: 1, isOn: false)).exitStatus == 1)
    let loose = CheckRules.kernel(device: "qt0", .init(reversePathFilter: 2, isOn: true))
    #expect(loose.exitStatus == 0 && loose.first?.fact.hasPrefix("ip_forward=1") == true)
  }

  @Test("what this kernel does with packets is a number that it knows, also for a device that is yet to be made")
  func forwarding() {
    for name in ["lo", "", "no-such-device"] {
      #expect((0...2).contains(ForwardingFacts(lookingUp: name).reversePathFilter))
    }
  }

  @Test("super-packets that are missing are warned of where they are asked for")
  func offloads() {
    let old = OffloadFacts(tunHeader: true, tunUDP: false, socketGRO: true)
    #expect(CheckRules.offloads(old, .on).exitStatus == 1 && CheckRules.offloads(old, .auto).exitStatus == 0)
    #expect(CheckRules.offloads(old, .off) == [] && CheckRules.offloads(nil, .on) == [])
  }

  @Test("a clock that was never set needs a directory to remember in")
  func clock() {
    func clock(isSet: Bool, isThere: Bool) -> Finding {
      CheckRules.clock("nacltai", isSet: isSet, stateDirectory: "/state", isThere: isThere)
    }
    #expect(clock(isSet: true, isThere: false).severity == .ok)
    #expect(clock(isSet: false, isThere: true).severity == .warning)
    #expect(clock(isSet: false, isThere: false).severity == .problem)
  }

  @Test("LOG_TO=syslog needs somebody who listens")
  func log() {
    var settings = TunnelSettings()
    #expect(CheckRules.log(settings, isThere: false) == [])
    settings.logTarget = .syslog
    #expect(CheckRules.log(settings, isThere: false).exitStatus == 1 && CheckRules.log(settings, isThere: true) == [])
  }
}
