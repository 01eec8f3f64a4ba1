import Configuration
import Diagnosis
import Glibc
import LinuxSystem
import Testing
import TunnelCore

@Suite("Why the kernel refuses a device")
struct DeviceRefusalTests {
  private func refusal(
    _ errno: Int32, _ mode: DeviceMode = .tun, words: String = "TUNSETIFF qt0", _ facts: InterfaceFacts? = nil
  ) -> DeviceRefusal {
    var refusal = DeviceRefusal(words: "\(words): reason", errno: errno, name: "qt0", mode: mode, facts: facts)
    (refusal.user, refusal.userName) = (1000, "ann")
    return refusal
  }

  @Test("the kernel's words stay, so that they can be searched for", arguments: [EINVAL, EBUSY, EPERM, ENOENT, ENOSPC])
  func words(errno: Int32) { #expect(refusal(errno).complaint.what == "TUNSETIFF qt0: reason") }

  @Test("another mode")
  func mode() {
    let complaint = refusal(EINVAL, .tun, InterfaceFacts(name: "qt0", mode: .tap)).complaint
    #expect(complaint.why == "qt0 exists as tap; you asked for tun.")
    #expect(complaint.cure?.contains("TUN_MODE=0") == true && complaint.cure?.contains("device del qt0") == true)
  }

  @Test("not a tunnel's device, several queues, a name that the kernel does not take")
  func otherReasons() {
    #expect(refusal(EINVAL, .tun, InterfaceFacts(name: "qt0", mode: nil)).complaint.why?.contains("neither") == true)
    var facts = InterfaceFacts(name: "qt0", mode: .tun)
    facts.isMultiQueue = true
    #expect(refusal(EINVAL, .tun, facts).complaint.why?.contains("multi_queue") == true)
    #expect(refusal(EINVAL).complaint.why?.contains("no interface of that name") == true)
    var hidden = refusal(EINVAL)
    hidden.isHiddenFromSys = true
    #expect(hidden.complaint.cure == "mount -t sysfs sysfs /sys")
  }

  @Test("held by another process, which is named where that can be seen")
  func busy() {
    var facts = InterfaceFacts(name: "qt0", mode: .tun)
    #expect(refusal(EBUSY, .tun, facts).complaint.why?.contains("only root sees which") == true)
    facts.holder = .init(process: 77, program: "openvpn")
    #expect(refusal(EBUSY, .tun, facts).complaint.why == "Process 77 (openvpn) holds qt0.")
  }

  @Test("not permitted: the owner, who asks, and the command")
  func notPermitted() {
    var refusal = refusal(EPERM, .tun, InterfaceFacts(name: "qt0", mode: .tun))
    refusal.ownerName = "bob"
    #expect(refusal.complaint.why == "qt0 belongs to bob; you are ann, without CAP_NET_ADMIN.")
    #expect(refusal.complaint.cure?.hasSuffix("quicktun device add qt0 --mode tun --user ann") == true)
    #expect(self.refusal(EPERM).complaint.cure == "As root: quicktun device add qt0 --mode tun --user ann")
  }

  @Test("something else stands where the driver's node belongs")
  func impostor() {
    var refusal = refusal(ENOTTY)
    refusal.node = .init(kind: .other)
    #expect(refusal.complaint.cure?.hasPrefix("rm /dev/net/tun && mknod") == true)
    refusal = self.refusal(EISDIR)
    refusal.node = .init(kind: .directory)
    #expect(refusal.complaint.cure?.hasPrefix("rmdir /dev/net/tun && mknod") == true)
    #expect(self.refusal(ENOTTY).complaint.cure == nil)
  }

  @Test(
    "node and module",
    arguments: [(ENOENT, "mknod"), (EACCES, "chmod 666"), (ENODEV, "modprobe tun"), (ENXIO, "modprobe")])
  func node(errno: Int32, cure: String) {
    #expect(refusal(errno, words: "open /dev/net/tun").complaint.cure?.contains(cure) == true)
  }
}
