import Check
import Glibc
import LinuxSystem
import Testing

@Suite("What /dev/net/tun means for a tunnel")
struct NodeRuleTests {
  @Test("the node: missing, closed, mounted nodev, something else in its place, no driver")
  func node() {
    func node(_ kind: DeviceNode.Kind?, _ errno: Int32 = 0, isPermitted: Bool = true) -> Finding {
      CheckRules.node(.init(kind: kind, errno: errno, isPermitted: isPermitted), hasDriver: true, user: "ann")
    }
    #expect(node(.driver).severity == .ok)
    #expect(node(nil, ENOENT).cure?.hasPrefix("mkdir -p /dev/net && mknod") == true)
    #expect(node(.driver, EACCES, isPermitted: false).cure?.contains("chmod 666") == true)
    #expect(node(nil, EACCES, isPermitted: false).why?.contains("not open to ann") == true)
    #expect(node(.driver, EACCES).why?.contains("nodev") == true)
    #expect(node(.driver, ENODEV).cure == "modprobe tun")
    #expect(node(.driver, EPERM).cure?.contains("DeviceAllow") == true)
    #expect(node(.other).cure?.hasPrefix("rm /dev/net/tun && mknod") == true)
    #expect(node(.directory).cure?.hasPrefix("rmdir /dev/net/tun && mknod") == true)
    #expect(CheckRules.node(.init(kind: .driver), hasDriver: false, user: "ann").cure == "modprobe tun")
  }
}
