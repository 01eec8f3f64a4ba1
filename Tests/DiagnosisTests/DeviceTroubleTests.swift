import Configuration
import Diagnosis
import SystemPackage
import Testing

@Suite("What the kernel minds about packets for the device")
struct DeviceTroubleTests {
  @Test("the call and the kernel's words stay, so that they can be searched for", arguments: [5, 22, 12])
  func words(errno: Int32) {
    let errno = Errno(rawValue: errno)
    #expect(DeviceTrouble.writing(to: "qt0", errno).what == "write qt0: \(errno)")
  }

  @Test("down, not a packet for such a device, anything else")
  func cures() {
    #expect(DeviceTrouble.writing(to: "qt0", .ioError).cure == "ip link set qt0 up")
    #expect(DeviceTrouble.writing(to: "qt0", .invalidArgument).why?.contains("TUN_MODE or USE_PI") == true)
    #expect(DeviceTrouble.writing(to: "qt0", .noMemory).why == nil)
  }
}
