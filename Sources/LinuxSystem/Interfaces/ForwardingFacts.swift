/// What this kernel does with IPv4 packets that come in by an interface (Documentation/networking/ip-sysctl.rst).
package struct ForwardingFacts: Sendable, Equatable {
  /// rp_filter: 0 for none, 1 strict, 2 loose. The greater of the interface's and of all's counts.
  package var reversePathFilter: Int
  /// ip_forward.
  package var isOn: Bool

  package init(reversePathFilter: Int, isOn: Bool) {
    (self.reversePathFilter, self.isOn) = (reversePathFilter, isOn)
  }

  /// Of an interface that is there, or else what one will have that is made.
  package init(lookingUp name: String) {
    let ofInterface = name.isEmpty ? nil : Self.reversePathFilter(name)
    reversePathFilter = max(ofInterface ?? Self.reversePathFilter("default") ?? 0, Self.reversePathFilter("all") ?? 0)
    isOn = TextFile.read("/proc/sys/net/ipv4/ip_forward") == "1"
  }

  private static func reversePathFilter(_ name: String) -> Int? {
    TextFile.read("/proc/sys/net/ipv4/conf/\(name)/rp_filter").flatMap { Int($0) }
  }
}
