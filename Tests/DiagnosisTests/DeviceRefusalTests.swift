import Configuration
import Diagnosis
import Glibc
import LinuxSystem
import SystemPackage
import Testing
import TunnelCore

@Suite("Why the kernel refuses a device")
struct DeviceRefusalTests {
  /// What ann is told who asks for the tun device qt0.
  private func complaint(
    _ errno: Errno, _ device: InterfaceLookup = .missing, _ node: DeviceNode? = nil, call: String = "TUNSETIFF qt0"
  ) -> Complaint {
    DeviceRefusal(SystemCallError(call, errno), name: "qt0", mode: .tun, device, userName: "ann", node).complaint
  }

  private func found(_ mode: DeviceMode?, _ change: (inout InterfaceFacts) -> Void = { _ in }) -> InterfaceLookup {
    var facts = InterfaceFacts(name: "qt0", mode: mode)
    change(&facts)
    return .found(facts)
  }

  @Test("the kernel's words stay, so that they can be searched for", arguments: [EINVAL, EBUSY, EPERM, ENOENT, ENOSPC])
  func words(errno: Int32) {
    let errno = Errno(rawValue: errno)
    #expect(complaint(errno).what == "TUNSETIFF qt0: \(errno)")
  }

  @Test("of a call that the kernel has really refused: there is a device of that name, which is no tunnel's")
  func refused() throws {
    let error = try #require(Self.attach("lo"))
    let complaint = DeviceRefusal(error, name: "lo", mode: .tun).complaint
    #expect(complaint.what == "\(error)" && complaint.why != nil)
  }

  /// As root the kernel minds the interface, as somebody else that it is not his; where there is no node, that.
  private static func attach(_ name: String) -> SystemCallError? {
    do throws(SystemCallError) {
      _ = try TunDescriptor(name: name, flags: .tun)
      return nil
    } catch { return error }
  }

  @Test("another mode")
  func mode() {
    let complaint = complaint(.invalidArgument, found(.tap))
    #expect(complaint.why == "qt0 exists as tap; you asked for tun.")
    #expect(complaint.cure?.contains("TUN_MODE=0") == true && complaint.cure?.contains("device del qt0") == true)
  }

  @Test("not a tunnel's device, several queues, a name that the kernel does not take, a device that /sys hides")
  func otherReasons() {
    #expect(complaint(.invalidArgument, found(nil)).why?.contains("neither") == true)
    #expect(complaint(.invalidArgument, found(.tun) { $0.isMultiQueue = true }).why?.contains("multi_queue") == true)
    #expect(complaint(.invalidArgument).why?.contains("no interface of that name") == true)
    #expect(complaint(.invalidArgument, .hiddenFromSys).cure == "mount -t sysfs sysfs /sys")
  }

  @Test("held by another process, which is named where that can be seen")
  func busy() {
    #expect(complaint(.resourceBusy, found(.tun)).why?.contains("only root sees which") == true)
    let held = found(.tun) { $0.holder = .init(process: 77, program: "openvpn") }
    #expect(complaint(.resourceBusy, held).why == "Process 77 (openvpn) holds qt0.")
  }

  @Test("not permitted: the owner, who asks, and the command")
  func notPermitted() {
    let bobs = complaint(.notPermitted, found(.tun) { $0.ownerName = "bob" })
    #expect(bobs.why == "qt0 belongs to bob; you are ann, without CAP_NET_ADMIN.")
    #expect(bobs.cure?.hasSuffix("quicktun device add qt0 --mode tun --user ann") == true)
    #expect(complaint(.notPermitted).cure == "As root: quicktun device add qt0 --mode tun --user ann")
  }

  @Test("something else stands where the driver's node belongs")
  func impostor() {
    let ioctl = Errno(rawValue: ENOTTY)
    #expect(complaint(ioctl, .missing, .init(kind: .other)).cure?.hasPrefix("rm /dev/net/tun && mknod") == true)
    let opened = complaint(Errno(rawValue: EISDIR), .missing, .init(kind: .directory))
    #expect(opened.cure?.hasPrefix("rmdir /dev/net/tun && mknod") == true)
    #expect(complaint(ioctl).cure == nil)
  }

  @Test(
    "node and module",
    arguments: [
      (ENOENT, "mknod"), (EACCES, "chmod 666"), (ENODEV, "modprobe tun"), (ENXIO, "modprobe"), (EPERM, "DeviceAllow"),
    ])
  func node(errno: Int32, cure: String) {
    #expect(complaint(Errno(rawValue: errno), call: "open /dev/net/tun").cure?.contains(cure) == true)
  }
}
